//===- Refusal.h - why a model cannot be read -------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_REFUSAL_H
#define DLCC_FRONTEND_ONNX_REFUSAL_H

#include "llvm/ADT/Twine.h"

#include <stdexcept>
#include <string>

namespace dlcc::onnx_reader {

/// A sentence about what cannot be read. Thrown inside this room only, never
/// through MLIR; readModel makes a diagnostic of it.
struct Refusal : std::runtime_error {
  explicit Refusal(const llvm::Twine &text) : std::runtime_error(text.str()) {}
};

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_REFUSAL_H
