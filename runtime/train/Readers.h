//===- Readers.h - from folders and files to data -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_READERS_H
#define DLCC_RUNTIME_TRAIN_READERS_H

#include "runtime/train/DataSet.h"

#include <functional>
#include <string>

namespace dlcc::train {

class ByteSource;

/// Reads a folder or a file, by what it is: MNIST IDX and CIFAR (also .gz),
/// .npy files by input name, .npz, CSV, images in class folders. Of a text only
/// the file is noted. Throws Refusal.
DataSet readData(const std::string &path);

/// The same for --test-data: the test split where the folder has one, else
/// what readData takes for training data.
Split readTestData(const std::string &path);

/// One array of an IDX file, plain or gzipped.
Field readIdx(const std::string &path, const std::string &name);

/// Files of CIFAR-10, or of CIFAR-100, which has coarse labels as well: fields
/// image u8[3, 32, 32] and label, and coarse.
Split readCifar(const std::vector<std::string> &files, bool hasCoarse);

/// What the header of a .npy array says; its elements follow, little-endian
/// and row-major.
struct NpyArray {
  int32_t type; ///< dlcc_element_type
  std::vector<int64_t> dims;
  int64_t bytes;
};
NpyArray readNpyHeader(ByteSource &source);

/// One .npy file; its first dimension is the rows.
Field readNpy(const std::string &path, const std::string &name);
Field readNpy(ByteSource &source, const std::string &name);

/// A .npz file: a field for each array. Arrays NAME_train and NAME_test, where
/// all are called so, are the field NAME of the two splits.
DataSet readNpz(const std::string &path);

/// Images in a folder for each class: PATH/train/CLASS/*, and PATH/test or
/// PATH/val; or PATH/CLASS/*, .jpg, .jpeg or .png. Fields image and label, the
/// index of the class in sorted order. Nothing where PATH has no such folders.
std::optional<DataSet> readClassFolders(const std::string &path);

/// A CSV file with a header line: a field for each column.
Split readCsv(const std::string &path);

/// A fixed data set for the inputs of all training entries: floats from
/// N(0, 1), integers within their bound (without one within [0, 2)), a function
/// of the seed.
Split makeSynthetic(const dlcc_model &model, int64_t rows, uint64_t seed);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_READERS_H
