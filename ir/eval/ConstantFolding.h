//===- ConstantFolding.h - ops on constants become constants ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_EVAL_CONSTANTFOLDING_H
#define DLCC_IR_EVAL_CONSTANTFOLDING_H

#include "mlir/IR/PatternMatch.h"

namespace dlcc::eval {

/// Adds patterns that evaluate pure ops whose operands are constants. A result
/// of more than `maxElements` elements stays computed; an elementwise op on
/// tensors that hold one number everywhere becomes the broadcast of a scalar,
/// however large it is. Broadcasts, iotas and random numbers stay: they are
/// cheaper than the memory of their results.
void populateConstantFoldingPatterns(mlir::RewritePatternSet &patterns,
                                     int64_t maxElements = 4096);

} // namespace dlcc::eval

#endif // DLCC_IR_EVAL_CONSTANTFOLDING_H
