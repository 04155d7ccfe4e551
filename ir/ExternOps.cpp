//===- ExternOps.cpp - what a call of a C function must keep to -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

static bool isIdentifier(StringRef name) {
  auto isPart = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  return !name.empty() && !llvm::isDigit(name[0]) && llvm::all_of(name, isPart);
}

static bool isFloat(Type type) {
  return isa<FloatType>(getElementTypeOrSelf(type));
}

/// Fewer rows than the batch leave no gap only where rows come first.
static bool hasRowsFirst(Type type) {
  Dims dims = getDims(cast<RankedTensorType>(type));
  return llvm::all_of(llvm::drop_begin(dims, dims.empty() ? 0 : 1),
                      [](const Dim &dim) { return dim.name.empty(); });
}

LogicalResult ExternOp::verify() {
  StringRef symbols[] = {getSymbol(), getGradient().value_or(getSymbol())};
  for (StringRef symbol : symbols)
    if (!isIdentifier(symbol))
      return emitOpError("calls '") << symbol << "', which is no name in C";
  if (getOutputs().empty())
    return emitOpError("has no output");
  for (Type type : llvm::concat<Type>(llvm::to_vector(getOperandTypes()),
                                      llvm::to_vector(getResultTypes())))
    if (!hasRowsFirst(type))
      return emitOpError("has the batch behind another dimension of ") << type;
  ArrayRef<int64_t> dims = getDims();
  if (dims.size() % 2 != 0)
    return emitOpError("has dims that are no pairs of input and axis");
  for (size_t i = 0; i != dims.size(); i += 2) {
    if (dims[i] < 0 || dims[i] >= int64_t(getInputs().size()))
      return emitOpError("has a dim of input ")
             << dims[i] << ", which it does not have";
    auto type = cast<RankedTensorType>(getInputs()[dims[i]].getType());
    if (dims[i + 1] < 0 || dims[i + 1] >= type.getRank())
      return emitOpError("has a dim of axis ")
             << dims[i + 1] << ", which is outside of " << type;
  }
  if (!getGradient())
    return success();
  if (!llvm::all_of(getResultTypes(), isFloat))
    return emitOpError("has a gradient and an output that is no float");
  if (llvm::none_of(getOperandTypes(), isFloat))
    return emitOpError("has a gradient and no float input");
  return success();
}
