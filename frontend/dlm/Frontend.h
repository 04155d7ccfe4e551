//===- Frontend.h - from a .dlm file to modules of dlc ops ------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one header of this room that others include. Reads a model file and its
// imports, evaluates it and builds one module a model, each a whole program of
// functions: init, forward and, where there is a training block, evaluate,
// train_step and report. `docs/language.md` describes the language.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_FRONTEND_H
#define DLCC_FRONTEND_DLM_FRONTEND_H

#include "frontend/Frontend.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlcc::dlm {

using frontend::DiagnosticSink;
using frontend::ModelModule;
using frontend::Severity;

struct Options {
  std::string path; ///< the model file; "-" reads `text`
  std::string text; ///< the model itself where path is "-"
  /// What the file has become, where it is of another format.
  const frontend::Translation *translation = nullptr;
  std::string model; ///< only this model of the file; empty: all
  std::string name;  ///< prefix of symbols; empty: the model's own name
  std::optional<int64_t> batch; ///< empty: the training block's, else 1
  std::vector<std::pair<std::string, int64_t>> dims;     ///< name = number
  std::vector<std::pair<std::string, std::string>> sets; ///< const = value
  /// Only parameters that match one of these are trained; empty: all.
  std::vector<std::string> trainable;
  /// Where the data are known: how many values they have for an input, of the
  /// first of these fields that there is. Else it says why not.
  std::function<int64_t(const std::vector<std::string> &fields,
                        std::string &whyNot)>
      countValues;
  /// Emit evaluate, train_step and report too. The training block is checked
  /// in any case.
  bool training = true;
  /// Diagnostics only: dimensions without a number stay symbolic, and no
  /// module is built.
  bool checkOnly = false;
};

struct Result {
  /// The models asked for, in the order of the text; empty after an error.
  std::vector<ModelModule> models;
  /// Every model of the file, whether asked for or not.
  std::vector<std::string> names;
  unsigned errors = 0, warnings = 0;
};

/// The context needs no dialect loaded; this loads `dlc` and `func`.
Result readModel(mlir::MLIRContext &context, const Options &options,
                 const DiagnosticSink &sink);

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_FRONTEND_H
