//===- TensorFile.h - weights files and checkpoints -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The format is described in docs/files.md. Reading trusts nothing: every
// number is checked before it is used, and a tensor's checksum before its bytes
// go anywhere. Everything here throws Failure.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TENSORFILE_H
#define DLCC_RUNTIME_TENSORFILE_H

#include "dlcc/abi.h"

#include <optional>
#include <string>
#include <vector>

namespace dlcc::rt {

/// A tensor to write.
struct TensorToWrite {
  const dlcc_tensor *tensor;
  int32_t kind; ///< dlcc_variable_kind
  const char *data;
  int64_t bytes;
};

/// Where training stood.
struct TrainingRecord {
  dlcc_position position;
  std::vector<int64_t> steps; ///< of each training entry; empty: not known
};

/// Writes a weights file, or, with `training`, a checkpoint. The bytes are a
/// function of the arguments other than `path`.
void writeTensorFile(const std::string &path, const char *model, uint64_t hash,
                     const std::vector<TensorToWrite> &tensors,
                     const std::vector<std::string> &vocabulary,
                     const TrainingRecord *training);

/// A tensor that a file holds.
struct StoredTensor {
  std::string name;
  int32_t kind, type;
  std::vector<int64_t> dims;
  int64_t offset, bytes;
  uint32_t checksum;
};

class TensorFile {
public:
  /// Opens the file and reads and checks its index.
  explicit TensorFile(const std::string &path);
  ~TensorFile();
  TensorFile(const TensorFile &) = delete;
  TensorFile &operator=(const TensorFile &) = delete;

  /// Reads a tensor through a small buffer and compares its checksum.
  void verify(const StoredTensor &tensor) const;
  /// Reads a tensor straight to where it belongs.
  void read(const StoredTensor &tensor, char *to) const;

  const StoredTensor *find(const char *name) const;

  const std::string path;
  uint64_t hash = 0;
  std::vector<StoredTensor> tensors;
  std::vector<std::string> vocabulary;
  std::optional<TrainingRecord> training; ///< of a checkpoint

private:
  [[noreturn]] void refuse(dlcc_status status, const std::string &why) const;
  void readAt(void *to, int64_t bytes, int64_t offset) const;
  void readIndex();

  int file = -1;
  int64_t size = 0;
};

} // namespace dlcc::rt

#endif // DLCC_RUNTIME_TENSORFILE_H
