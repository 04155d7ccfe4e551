//===- Passes.td - the graph passes ---------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_PASSES_TD
#define DLCC_PASSES_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif // DLCC_PASSES_PASSES_TD
