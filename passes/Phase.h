//===- Phase.h - the part of a step that an op belongs to ----- -*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Backward and update ops carry the model line of what they come from. The
// phase stands as a string in the metadata of a fused location around it;
// ops of the forward pass (and of init) have none.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_PHASE_H
#define DLCC_PASSES_PHASE_H

#include "mlir/IR/Location.h"
#include "llvm/ADT/StringRef.h"

namespace dlcc {

inline constexpr llvm::StringLiteral kForwardPhase = "forward";
inline constexpr llvm::StringLiteral kBackwardPhase = "backward";
inline constexpr llvm::StringLiteral kUpdatePhase = "update";

/// `location` marked with a phase; replaces the phase it had.
mlir::Location withPhase(mlir::Location location, llvm::StringRef phase);

/// The outermost phase that stands in `location`, else `forward`.
llvm::StringRef getPhase(mlir::Location location);

/// `location` without the mark of a phase around it.
mlir::Location withoutPhase(mlir::Location location);

} // namespace dlcc

#endif // DLCC_PASSES_PHASE_H
