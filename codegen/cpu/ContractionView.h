//===- ContractionView.h - a kernel of a product, canonically ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The view is of no target and stands in codegen/; this name stays for
// ContractionKernel.cpp until that file includes the other.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_CONTRACTIONVIEW_H
#define DLCC_CODEGEN_CPU_CONTRACTIONVIEW_H

#include "codegen/ContractionView.h"

#endif // DLCC_CODEGEN_CPU_CONTRACTIONVIEW_H
