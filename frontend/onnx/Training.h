//===- Training.h - what an ONNX model is trained for -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The file says nothing about training: --loss and --optimizer do, in the words
// of the model language (docs/language.md).
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_TRAINING_H
#define DLCC_FRONTEND_ONNX_TRAINING_H

#include "frontend/onnx/FlagCall.h"
#include "frontend/onnx/GraphReader.h"
#include "frontend/onnx/Optimizer.h"

namespace dlcc::onnx_reader {

/// A training block, so to speak.
class Training {
public:
  /// Throws a Refusal where the flags make no sense.
  Training(const std::string &loss, const std::string &optimizer);

  /// The loss, then the metrics, all scalars by name.
  using Measures = std::vector<std::pair<std::string, Value>>;
  /// Makes an input of the element type and shape for the entry.
  using InputMaker = llvm::function_ref<Value(
      llvm::StringRef name, ArrayRef<int64_t> shape, Type element)>;
  /// Adds the loss of a graph whose values stand in `scope`.
  Measures measure(Builder &b, const onnx::GraphProto &graph,
                   const Scope &scope, InputMaker makeInput) const;

  const Optimizer &getOptimizer() const { return optimizer; }

private:
  FlagCall loss;
  Optimizer optimizer;
};

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_TRAINING_H
