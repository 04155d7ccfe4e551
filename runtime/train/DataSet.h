//===- DataSet.h - data as it was read ------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_DATASET_H
#define DLCC_RUNTIME_TRAIN_DATASET_H

#include "dlcc/abi.h"
#include "runtime/train/Image.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlcc::train {

/// How a text lies in memory: token after token, cut into `streams` parts of
/// `length` tokens. Row `i` belongs to stream `i % streams` and begins behind
/// that stream's row before, `shift` tokens further on.
struct Streams {
  int64_t streams, length, shift;
};

/// A column of the data: a value of one type and shape for each row, in memory
/// as the file had it (bytes stay bytes), native byte order; or images that are
/// decoded when they are wanted, because all of them may exceed memory.
struct Field {
  std::string name;
  std::string file;          ///< where it comes from, for messages
  int32_t type;              ///< dlcc_element_type
  std::vector<int64_t> dims; ///< of one row; -1 where rows differ
  int64_t rows;
  std::shared_ptr<unsigned char[]> data; ///< null where there is a decoder
  std::shared_ptr<const RowDecoder> decoder = nullptr; ///< of u8 images
  std::optional<Streams> streams = std::nullopt;       ///< of a text

  /// "u8[60000, 28, 28]".
  std::string typeText() const;
  int64_t rowElements() const;
  /// Where a row begins in `data`, in elements.
  int64_t firstElement(int64_t row) const;
};

/// Fields with equally many rows.
struct Split {
  std::vector<Field> fields;
  int64_t rows = 0;
  /// Each field is an input as the model takes it, whatever data blocks say:
  /// synthetic data.
  bool holdsInputs = false;
  /// The file of a text, whose fields depend on the model (Text.h); its rows
  /// keep their order.
  std::string text;
  /// What the numbers of field 'label' mean, sorted, where the data has names.
  std::vector<std::string> classes;

  /// Adds a field; refuses one with another number of rows.
  void add(Field field);
  /// Null where there is none of this name.
  const Field *find(const std::string &name) const;
  /// "'image' u8[60000, 28, 28], 'label' u8[60000]".
  std::string fieldsText() const;
};

struct DataSet {
  Split train;
  std::optional<Split> test;
  std::vector<std::string> vocabulary = {}; ///< of a text
};

/// Refuses test data whose labels mean other classes than the training data's.
void checkSameClasses(const Split &train, const Split &test);

/// Product of `dims` and `elementBytes`, refusing what memory cannot hold with
/// a sentence that names the file.
int64_t checkedBytes(const std::string &file, const std::vector<int64_t> &dims,
                     int64_t elementBytes);

/// Memory for `bytes` bytes of `file`, or a refusal.
std::unique_ptr<unsigned char[]> allocateFor(const std::string &file,
                                             int64_t bytes);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_DATASET_H
