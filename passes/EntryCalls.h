//===- EntryCalls.h - calls of an entry and their memory --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What OrderUpdates and PlanMemory both ask of an outlined entry function:
// which value lies in which memory, and whether a kernel may write a result
// where it reads an operand.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_ENTRYCALLS_H
#define DLCC_PASSES_ENTRYCALLS_H

#include "ir/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlcc {

/// The value whose memory `value` names: through reshapes to an argument, a
/// read or the result of a call or scan.
mlir::Value getStorage(mlir::Value value);

/// The step (see isStep) that computes what lies in the value's memory, or
/// null.
mlir::Operation *getProducer(mlir::Value value);

/// Whether the op takes its turn in an entry: a call, a scan, or the parts of a
/// batch.
bool isStep(mlir::Operation *op);

/// What is run for each part of a batch.
mlir::func::FuncOp getPart(dlc::PartsOp parts);

/// The kernel that a call runs.
mlir::func::FuncOp getKernel(mlir::func::CallOp call);

/// Whether a kernel function (in tensor form) may store result `result` where
/// operand `operand` lies: it reads the operand only at the very point where it
/// stores the result, and never after that.
bool mayOverwrite(mlir::func::FuncOp kernel, unsigned operand, unsigned result);

/// A variable's type as in the model: with named dimensions, unsigned and bool.
mlir::Type getNamedType(dlc::VariableOp variable);

/// Writes and calls of an entry function, in order, but for those in scans.
llvm::SmallVector<dlc::WriteOp> getWrites(mlir::func::FuncOp entry);
llvm::SmallVector<mlir::func::CallOp> getCalls(mlir::func::FuncOp entry);

/// Results of an entry's calls, by storage, that lie outside of the arena.
struct PlacedElsewhere {
  llvm::DenseSet<mlir::Value> variables; ///< new values, made in place
  llvm::DenseSet<mlir::Value> outputs;   ///< in the caller's memory
  bool contains(mlir::Value storage) const {
    return variables.contains(storage) || outputs.contains(storage);
  }
};
PlacedElsewhere getPlacedElsewhere(mlir::func::FuncOp entry);

/// Whether the function is an entry point, not a kernel.
bool isEntry(mlir::func::FuncOp function);

} // namespace dlcc

#endif // DLCC_PASSES_ENTRYCALLS_H
