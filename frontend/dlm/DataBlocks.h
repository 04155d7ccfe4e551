//===- DataBlocks.h - what feeds the inputs of training ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `data train { image = random_flip(crop) }`: which field of the data feeds an
// input, and what the reader does to it before. The compiler only writes this
// down for the training program; what can be known without the data is checked
// here.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_DATABLOCKS_H
#define DLCC_FRONTEND_DLM_DATABLOCKS_H

#include "frontend/dlm/Import.h"

namespace dlcc::dlm {

/// The statements that hold for one training block and one split, one an input,
/// in the order of the text: a block's own come before the file's, and those of
/// the split before those of both.
std::vector<const Stmt *> dataBindings(const std::vector<Stmt *> &ofFile,
                                       const TrainingDecl &block,
                                       bool trainSplit);

/// Reports what is wrong with the file's data blocks by themselves: splits that
/// do not exist, inputs that no training has or that are bound twice.
void checkDataBlocks(const FileAst &file, Diagnostics &diagnostics);

/// A function of the reader and its numbers, as include/dlcc/abi.h has them.
struct ReaderCall {
  std::string function;
  std::vector<double> numbers;
  const Expr *expr;
};

/// A field, and what becomes of it: the innermost call first.
struct Feed {
  std::string field;
  std::vector<ReaderCall> calls;
};

/// An input as its signature declares it.
struct DeclaredInput {
  std::string name;
  mlir::Type element;
  Extents shape;
  Range range; ///< of its type
};

/// Reads the right side of a binding; numbers are computed by the evaluator,
/// which needs no emitter. None after an error.
std::optional<Feed> readFeed(const Expr &expr, Evaluator &evaluator);

/// Whether what the calls give can be what the input takes, as far as both are
/// known. Reports what cannot.
bool checkFeed(const Feed &feed, const DeclaredInput &input,
               Evaluator &evaluator);

/// As the attribute `dlc.feeds` holds it.
mlir::DictionaryAttr feedAttr(const Feed &feed, mlir::Builder &builder);

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_DATABLOCKS_H
