//===- ByteReader.h - bytes of a plain or gzipped file --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_BYTEREADER_H
#define DLCC_RUNTIME_TRAIN_BYTEREADER_H

#include "runtime/train/ByteSource.h"

#include <memory>
#include <vector>

struct gzFile_s;

namespace dlcc::train {

/// Reads a file from its beginning, decompressing it where it is gzipped.
class ByteReader : public ByteSource {
public:
  explicit ByteReader(const std::string &path);

  /// Reads records of `bytes` bytes to the end of the file.
  std::vector<unsigned char> readRecords(int64_t bytes);
  /// gzip gains a factor of 1032 at most.
  void expectAtLeast(int64_t bytes) const override;

private:
  int64_t readSome(void *to, int64_t bytes) override;

  std::unique_ptr<gzFile_s, int (*)(gzFile_s *)> file;
  int64_t fileBytes = 0;
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_BYTEREADER_H
