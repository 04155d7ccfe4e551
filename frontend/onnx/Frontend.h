//===- Frontend.h - from an .onnx file to a module of dlc ops ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one header of this room that others include. Reads an ONNX model, gives
// its symbolic dimensions numbers and builds one module with the functions
// `forward` and `init`, which fills the weights with the initialisers; of a
// model that is trained, `evaluate` and `train_step` too.
// `docs/onnx.md` says what is read and what is refused.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_FRONTEND_H
#define DLCC_FRONTEND_ONNX_FRONTEND_H

#include "frontend/Frontend.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlcc::onnx_reader {

struct Options {
  std::string path;
  std::string name; ///< prefix of symbols; empty: the file's name
  /// Of the inputs' first dimension where it has no number; empty: 1.
  std::optional<int64_t> batch;
  std::vector<std::pair<std::string, int64_t>> dims; ///< name = number
  /// What the model is trained for, a loss of the model language (empty: it is
  /// not), and how: `adam(learning_rate = 0.01)`, empty for a preset.
  std::string loss, optimizer;
  /// Only parameters that match one of these are trained; empty: all.
  std::vector<std::string> trainable;
  bool training = false; ///< `evaluate` and `train_step` too
  /// For a single call: an input's elements by its name, type and shape, so
  /// that shapes may follow from them; empty: inputs are not known.
  std::function<std::optional<std::string>(const std::string &name,
                                           const std::string &type,
                                           const std::vector<int64_t> &shape)>
      inputValue;
};

/// The model, or nothing where the file was refused; the sink has heard why.
/// The context needs no dialect loaded; this loads `dlc` and `func`.
std::optional<frontend::ModelModule>
readModel(mlir::MLIRContext &context, const Options &options,
          const frontend::DiagnosticSink &sink);

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_FRONTEND_H
