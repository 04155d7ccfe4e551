//===- ByteReader.h - bytes of a plain or gzipped file --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_BYTEREADER_H
#define DLCC_RUNTIME_TRAIN_BYTEREADER_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct gzFile_s;

namespace dlcc::train {

/// Reads a file from its beginning, decompressing it where it is gzipped.
/// Refuses with sentences that name the file.
class ByteReader {
public:
  explicit ByteReader(const std::string &path);

  /// Reads exactly `bytes` bytes of what is called `what`.
  void read(void *to, int64_t bytes, const char *what);
  /// Reads records of `bytes` bytes to the end of the file.
  std::vector<unsigned char> readRecords(int64_t bytes);
  /// Refuses bytes after the last one that was read.
  void expectEnd();
  /// Refuses a header that promises more than the file can hold, before memory
  /// is taken for it: gzip gains a factor of 1032 at most.
  void expectAtLeast(int64_t bytes) const;

  const std::string path;

private:
  int64_t readSome(void *to, int64_t bytes);

  std::unique_ptr<gzFile_s, int (*)(gzFile_s *)> file;
  int64_t fileBytes = 0, done = 0;
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_BYTEREADER_H
