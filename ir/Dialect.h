//===- Dialect.h - the dlc dialect, its attributes and enums ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_DIALECT_H
#define DLCC_IR_DIALECT_H

#include "mlir/IR/Attributes.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/TensorEncoding.h"

#include "ir/Dialect.h.inc"
#include "ir/Enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "ir/Attributes.h.inc"

#endif // DLCC_IR_DIALECT_H
