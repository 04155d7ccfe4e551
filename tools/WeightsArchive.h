//===- WeightsArchive.h - weights in formats of others ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Weights by name in files that other programs write and read: NumPy's .npz and
// the .safetensors of Hugging Face. Reading trusts nothing in them. Everything
// here throws train::Refusal or rt::Failure, each with a sentence that names
// the file.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_WEIGHTSARCHIVE_H
#define DLCC_TOOLS_WEIGHTSARCHIVE_H

#include "dlcc/abi.h"

#include <memory>
#include <string>
#include <vector>

namespace dlcc {

/// An array of a file, which may be of a type that no model has.
struct StoredArray {
  std::string name;
  int32_t type; ///< dlcc_element_type; -1: another
  std::string typeName;
  std::vector<int64_t> dims;
  int64_t bytes;
};

class WeightsArchive {
public:
  virtual ~WeightsArchive() = default;
  /// The elements of `arrays[index]`, little-endian and row-major.
  virtual void read(size_t index, char *to) = 0;

  std::vector<StoredArray> arrays;
};

/// Whether a path names such a file.
bool isWeightsArchive(const std::string &path);

std::unique_ptr<WeightsArchive> openWeightsArchive(const std::string &path);
std::unique_ptr<WeightsArchive> openNpz(const std::string &path);
std::unique_ptr<WeightsArchive> openSafeTensors(const std::string &path);

/// A weight of an instance, to be written.
struct ArrayToWrite {
  const dlcc_tensor *tensor;
  std::vector<char> elements;
};

/// The file appears whole or not at all.
void writeWeightsArchive(const std::string &path,
                         const std::vector<ArrayToWrite> &arrays);
void writeNpz(const std::string &path, const std::vector<ArrayToWrite> &arrays);
void writeSafeTensors(const std::string &path,
                      const std::vector<ArrayToWrite> &arrays);

} // namespace dlcc

#endif // DLCC_TOOLS_WEIGHTSARCHIVE_H
