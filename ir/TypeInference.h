//===- TypeInference.h - shape functions as type inference ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_TYPEINFERENCE_H
#define DLCC_IR_TYPEINFERENCE_H

#include "ir/ShapeFunctions.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Operation.h"

namespace dlcc::dlc {

/// Turns a shape function's answer into the one result type of op `name`, with
/// the element type of `like`, or into an error at `loc`.
inline llvm::LogicalResult infer(std::optional<mlir::Location> loc,
                                 llvm::StringRef name,
                                 llvm::Expected<Dims> dims,
                                 mlir::RankedTensorType like,
                                 llvm::SmallVectorImpl<mlir::Type> &types) {
  if (!dims)
    return mlir::emitOptionalError(loc, "'dlc.", name, "' op ",
                                   llvm::toString(dims.takeError()));
  types.push_back(
      getTensorType(like.getContext(), *dims, like.getElementType()));
  return llvm::success();
}

/// Turns a shape check's answer into an error of `op`.
inline llvm::LogicalResult report(mlir::Operation *op, llvm::Error error) {
  if (!error)
    return llvm::success();
  return op->emitOpError(llvm::toString(std::move(error)));
}

} // namespace dlcc::dlc

#endif // DLCC_IR_TYPEINFERENCE_H
