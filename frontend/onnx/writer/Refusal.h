//===- Refusal.h - what ONNX cannot say -------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_WRITER_REFUSAL_H
#define DLCC_FRONTEND_ONNX_WRITER_REFUSAL_H

#include "llvm/ADT/Twine.h"

#include <stdexcept>
#include <string>

namespace dlcc::onnx_writer {

/// A sentence about what cannot be written. Thrown inside this room only, never
/// through MLIR; exportModel makes a diagnostic of it, at the op's place.
struct Refusal : std::runtime_error {
  explicit Refusal(const llvm::Twine &text) : std::runtime_error(text.str()) {}
};

} // namespace dlcc::onnx_writer

#endif // DLCC_FRONTEND_ONNX_WRITER_REFUSAL_H
