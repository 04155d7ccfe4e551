//===- Export.h - from a module of dlc ops to an .onnx file -----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one header of this room that others include. Writes the forward function
// of a model, as a frontend made it and the graph passes have simplified it, in
// ONNX's operators. `docs/onnx.md` says what is written and what is refused.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_WRITER_EXPORT_H
#define DLCC_FRONTEND_ONNX_WRITER_EXPORT_H

#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <optional>
#include <string>

namespace dlcc::onnx_writer {

struct Options {
  std::string version; ///< of dlcc, for the file
  /// The elements of a parameter or buffer, little-endian and row-major; a bool
  /// is a byte.
  std::function<std::string(const std::string &name, int64_t bytes)> weight;
};

/// The bytes of the file; nothing after an error, which the context's handler
/// has heard, at the line of the model that ONNX cannot say.
std::optional<std::string> exportModel(mlir::ModuleOp module,
                                       const Options &options);

} // namespace dlcc::onnx_writer

#endif // DLCC_FRONTEND_ONNX_WRITER_EXPORT_H
