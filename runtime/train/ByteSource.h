//===- ByteSource.h - bytes that a format is parsed from ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_BYTESOURCE_H
#define DLCC_RUNTIME_TRAIN_BYTESOURCE_H

#include <cstdint>
#include <string>

namespace dlcc::train {

/// Bytes from a beginning to an end: a file, or a member of an archive. Refuses
/// with sentences that name it.
class ByteSource {
public:
  explicit ByteSource(std::string path) : path(std::move(path)) {}
  virtual ~ByteSource() = default;

  /// Reads exactly `bytes` bytes of what is called `what`.
  void read(void *to, int64_t bytes, const char *what);
  /// Refuses bytes after the last one that was read. This compares the checksum
  /// of compressed data too.
  void expectEnd();
  /// Refuses a header that promises more than there can be, before memory is
  /// taken for it.
  virtual void expectAtLeast(int64_t bytes) const = 0;

  const std::string path;

protected:
  /// Reads some bytes, at least one before the end and none at the end, where
  /// checksums are compared.
  virtual int64_t readSome(void *to, int64_t bytes) = 0;

  int64_t done = 0; ///< bytes that were read
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_BYTESOURCE_H
