//===- ArenaPlaces.h - where values between kernels lie ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_ARENAPLACES_H
#define DLCC_PASSES_ARENAPLACES_H

#include "ir/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dlcc {

/// The arena's places of the values of one entry function, those of the scans
/// in it included.
struct ArenaPlaces {
  /// By storage (EntryCalls.h): results of calls and stacked outputs of scans.
  /// What a scan's step yields lies in the slice of the stack, or in its home.
  llvm::DenseMap<mlir::Value, int64_t> offsets;
  /// Of what a step yields to the next one only, by the storage in the body:
  /// two places side by side, which the steps use in turn.
  llvm::DenseMap<mlir::Value, int64_t> homes;
  /// Where the values of a part of the batch lie: the place of its own plan.
  llvm::DenseMap<mlir::Operation *, int64_t> parts;
  int64_t bytes = 0;
  /// That live where most do: no arena could be smaller.
  int64_t liveBytes = 0;
};

/// What a body yields as slices of a stacked output, by storage: the output.
llvm::DenseMap<mlir::Value, mlir::Value> getStackOf(dlc::ScanOp scan);

/// The distance of the two places of a home.
int64_t getHomeStride(mlir::Type type);

/// Plans the body of an entry after OrderUpdates. Values that live at different
/// times share memory; a kernel's result takes the place of an operand that
/// dies there where the kernel may overwrite it. `hasPlace` says which values
/// lie elsewhere (variables, outputs).
ArenaPlaces planArena(mlir::Block &entry,
                      llvm::function_ref<bool(mlir::Value)> hasPlace);

/// The same for an entry function after OrderUpdates, as far as its memory
/// goes.
ArenaPlaces planArena(mlir::func::FuncOp entry);

/// Bytes of the arena for the outputs of an entry that a caller leaves null.
int64_t getSpillBytes(mlir::func::FuncOp entry);

/// Bytes that live only while a scan runs, beside its results.
int64_t getStepBytes(dlc::ScanOp scan);

} // namespace dlcc

#endif // DLCC_PASSES_ARENAPLACES_H
