//===- OutputPlaces.h - what lies in the memory of outputs ------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_OUTPUTPLACES_H
#define DLCC_PASSES_OUTPUTPLACES_H

#include "ir/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlcc {

/// By storage (EntryCalls.h): results of calls that lie in the caller's memory,
/// and the number of the output whose memory that is. These are the outputs
/// and, from each one backwards, the operand that its kernel overwrites with
/// it: the logits that a softmax turns into probabilities need no memory of
/// their own.
llvm::DenseMap<mlir::Value, unsigned> getOutputPlaces(mlir::func::FuncOp entry);

} // namespace dlcc

#endif // DLCC_PASSES_OUTPUTPLACES_H
