//===- Frontend.h - what every frontend takes and gives ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_FRONTEND_H
#define DLCC_FRONTEND_FRONTEND_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>
#include <string>
#include <vector>

namespace dlcc::frontend {

enum class Severity { Note, Warning, Error };

/// Gets each diagnostic as one text with its notes, source lines and carets:
/// `PATH:LINE:COL: error: …`, ending in a line feed. A note on its own
/// (Severity::Note) says what was assumed, such as a batch of 1.
using DiagnosticSink =
    std::function<void(Severity severity, const std::string &text)>;

struct ModelModule {
  std::string name; ///< prefix of symbols
  bool hasTraining; ///< the file has a training block for this model
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< null where only checked
};

/// A file of another format that its reader has put into the model language.
/// The text is evaluated as any model is; what there is to say about one of its
/// lines is said at the place in the file that the line comes from.
struct Translation {
  struct File {
    std::string path, text;
  };
  struct Place {
    unsigned file = 0;             ///< in `files`
    unsigned line = 1, column = 1; ///< both from 1
    /// What a diagnostic begins with: "layer 'conv1' (Convolution)".
    std::string subject;
  };
  std::string text;
  std::vector<Place> places; ///< of each line of `text`
  std::vector<File> files;
  /// Functions in the language that the text calls, by the name of their file;
  /// like the prelude's they are never shown to a user.
  File library;
};

} // namespace dlcc::frontend

#endif // DLCC_FRONTEND_FRONTEND_H
