//===- SimplifyOneHot.h - products with one-hot vectors ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_SIMPLIFYONEHOT_H
#define DLCC_PASSES_SIMPLIFYONEHOT_H

#include "mlir/IR/PatternMatch.h"

namespace dlcc {

/// Makes a gather of a product with one-hot vectors. For `dlc-simplify-graph`.
void populateOneHotPatterns(mlir::RewritePatternSet &patterns);

} // namespace dlcc

#endif // DLCC_PASSES_SIMPLIFYONEHOT_H
