//===- PrepareScan.h - a scan whose memory can be planned -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_PREPARESCAN_H
#define DLCC_PASSES_PREPARESCAN_H

#include "ir/Ops.h"

namespace dlcc {

/// Gives a scan the form that fusion and the memory plan expect:
///
/// * What readers compute (a transposed weight, a broadcast scalar) is computed
///   in the body, not captured.
/// * A kernel of the body makes each value that it yields: it writes into the
///   slice of the stacked output or into the carried value's memory. What else
///   is yielded (an argument, an inner scan's result, a value that two outputs
///   stack) is copied.
/// * An input that has no place of its own (an argument of the function, a
///   carried value of the scan around it) is copied.
void prepareScan(dlc::ScanOp scan);

} // namespace dlcc

#endif // DLCC_PASSES_PREPARESCAN_H
