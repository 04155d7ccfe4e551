//===- SimplifyWindows.h - gradients of convolutions ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_SIMPLIFYWINDOWS_H
#define DLCC_PASSES_SIMPLIFYWINDOWS_H

#include "mlir/IR/PatternMatch.h"

namespace dlcc {

/// Rewrites that make one convolution of a contraction and a sum of windows,
/// and that move slices to the operands. For `dlc-simplify-graph`.
void populateWindowPatterns(mlir::RewritePatternSet &patterns);

} // namespace dlcc

#endif // DLCC_PASSES_SIMPLIFYWINDOWS_H
