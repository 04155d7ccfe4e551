//===- Optimizer.h - what --optimizer asks for ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_OPTIMIZER_H
#define DLCC_FRONTEND_ONNX_OPTIMIZER_H

#include "frontend/onnx/Builder.h"

namespace dlcc::onnx_reader {

/// An optimizer of the model language with its settings, all numbers.
struct Optimizer {
  dlc::Optimizer kind = dlc::Optimizer::SGD;
  bool hasNesterov = false;
  std::vector<std::pair<std::string, double>> settings;

  /// Reads `adam(learning_rate = 0.01)`; throws a Refusal. Empty: momentum.
  static Optimizer parse(const std::string &text);

  double learningRate() const { return settings.front().second; }
  /// Trains these parameters so that the loss falls.
  void minimize(Builder &b, Value loss, ArrayRef<std::string> parameters) const;
};

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_OPTIMIZER_H
