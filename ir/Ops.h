//===- Ops.h - the dlc ops --------------------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_OPS_H
#define DLCC_IR_OPS_H

#include "ir/Dialect.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace dlcc::dlc {
/// Marks an op through which no gradient flows by definition.
template <typename ConcreteType>
class NonDifferentiable
    : public mlir::OpTrait::TraitBase<ConcreteType, NonDifferentiable> {};

/// The folding rules of all ops: the value that `op` just repeats, or null.
mlir::OpFoldResult foldOp(mlir::Operation *op);

/// The number that all elements of `value` have, where it is a constant or the
/// broadcast of one; else null.
mlir::Attribute getUniformValue(mlir::Value value);

/// `custom<Bare>`: an enum in an op's text is its bare word, `sum`, where an
/// attribute of its own is `#dlc.reduction<sum>`.
template <typename EnumAttr>
mlir::ParseResult parseBare(mlir::OpAsmParser &parser, EnumAttr &attribute) {
  auto value =
      mlir::FieldParser<decltype(EnumAttr().getValue())>::parse(parser);
  if (mlir::failed(value))
    return mlir::failure();
  attribute = EnumAttr::get(parser.getContext(), *value);
  return mlir::success();
}
template <typename EnumAttr>
void printBare(mlir::OpAsmPrinter &printer, mlir::Operation *,
               EnumAttr attribute) {
  printer << stringifyEnum(attribute.getValue());
}
} // namespace dlcc::dlc

#include "ir/Interfaces.h.inc"

#define GET_OP_CLASSES
#include "ir/Ops.h.inc"

#endif // DLCC_IR_OPS_H
