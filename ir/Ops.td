//===- Ops.td - all dlc ops, by family ------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "ir/ElementwiseOps.td"
include "ir/ExternOps.td"
include "ir/GradientOps.td"
include "ir/IndexedOps.td"
include "ir/ModelOps.td"
include "ir/ReductionOps.td"
include "ir/ScanOps.td"
include "ir/ShapeOps.td"
