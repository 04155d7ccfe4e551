//===- OpWriter.cpp - dlc ops as ONNX's operators -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/writer/OpWriter.h"

#include "frontend/onnx/writer/Refusal.h"

using namespace dlcc;
using namespace dlcc::onnx_writer;

void OpWriter::refuseRows(const Shape &shape, int64_t axis,
                          const llvm::Twine &what) {
  if (shape[axis].rows)
    throw Refusal(what + " some of the rows of a call, whose number ONNX's "
                         "file leaves open");
}

void OpWriter::write(mlir::Operation *op) {
  at = op;
  auto named = op->getLoc()->findInstanceOf<mlir::NameLoc>();
  b.hint = named ? named.getName().str() : op->getName().stripDialect().str();
  if (auto variable = llvm::dyn_cast<dlc::ReadOp>(op))
    return set(variable, read(variable));
  // Gradients are of no interest here.
  if (auto custom = llvm::dyn_cast<dlc::CustomGradientOp>(op)) {
    for (auto [result, value] :
         llvm::zip(custom.getResults(), custom.getValues()))
      set(result, get(value));
    return;
  }
  if (auto call = llvm::dyn_cast<dlc::ExternOp>(op))
    throw Refusal("the C function '" + call.getSymbol() +
                  "' cannot stand in an ONNX file");
  if (writeElementwise(op) || writeShape(op) || writeWindow(op) ||
      writeProduct(op) || writeReduction(op) || writeIndexed(op) ||
      writeScan(op))
    return;
  throw Refusal("'" + op->getName().getStringRef() +
                "' has no counterpart in ONNX");
}
