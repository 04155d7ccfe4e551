//===- MadeInputs.h - arguments for an entry without data -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_MADEINPUTS_H
#define DLCC_TOOLS_MADEINPUTS_H

#include "dlcc/abi.h"

#include <memory>
#include <random>
#include <vector>

namespace dlcc {

namespace rt {
class Block;
}

/// How many elements a tensor has at the compiled batch.
int64_t countElements(const dlcc_tensor &tensor);

/// Arrays for the inputs and outputs of an entry. Inputs are a function of the
/// seed: floats from N(0, 1), integers within their bound; without one bytes
/// are 0 to 255 and other integers 0 or 1. They lie as an instance's memory
/// does, in large pages: in small ones a result of 300 MB takes a tenth longer.
class MadeInputs {
public:
  MadeInputs(const dlcc_entry &entry, uint64_t seed);
  ~MadeInputs();

  /// As dlcc_run takes them: the inputs, then the outputs.
  void *const *arguments() { return pointers.data(); }
  void *argument(size_t index) { return pointers[index]; }

private:
  void add(const dlcc_tensor &tensor, bool isInput);

  std::mt19937_64 random;
  std::vector<std::unique_ptr<rt::Block>> arrays;
  std::vector<void *> pointers;
};

} // namespace dlcc

#endif // DLCC_TOOLS_MADEINPUTS_H
