//===- GradientCheck.h - gradients against finite differences - -*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef DLCC_TESTS_UNIT_PASSES_GRADIENTCHECK_H
#define DLCC_TESTS_UNIT_PASSES_GRADIENTCHECK_H

#include "mlir/IR/MLIRContext.h"

#include <cstdint>
#include <memory>
#include <string>

namespace dlcc {

/// A function `@f` of f64 tensors to check, and where to check it.
struct GradientCase {
  std::string name;
  /// The function's text; it returns one f64 tensor.
  std::string text;
  /// Inputs are uniform in [low, high).
  double low = -2, high = 2;
  /// The batch that `#dlc.dims<"batch">` means, and the rows given.
  int64_t batch = 4, rows = 4;
  /// How many times to differentiate.
  int order = 1;
  /// What the gradient is multiplied with, to see that mistakes are found.
  double distortion = 1;
};

/// A context in which the dlc ops have their gradient rules.
std::unique_ptr<mlir::MLIRContext> makeGradientContext();

/// Compares the gradients of sum(f(x...) * w), for fixed random w, with
/// central differences. An empty text if all agree to 1e-6 (relative, or
/// absolute below 1), else what differs. For order 2 the function compared
/// is the sum of the gradients times further random numbers.
std::string checkGradients(mlir::MLIRContext &context,
                           const GradientCase &check);

} // namespace dlcc

#endif // DLCC_TESTS_UNIT_PASSES_GRADIENTCHECK_H
