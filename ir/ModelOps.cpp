//===- ModelOps.cpp - variables, updates and kernels ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace dlcc::dlc;

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

LogicalResult VariableOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getType());
  if (!type || !type.hasStaticShape())
    return emitOpError("is no tensor of static shape");
  if (getTrainable() && getKind() != VariableKind::Parameter)
    return emitOpError("is trainable but no parameter");
  return success();
}

/// Checks that `symbol` is a variable of this type.
static LogicalResult verifyVariable(Operation *op, SymbolTableCollection &table,
                                    FlatSymbolRefAttr symbol, Type type) {
  auto variable = table.lookupNearestSymbolFrom<VariableOp>(op, symbol);
  if (!variable)
    return op->emitOpError("names no variable: ") << symbol;
  if (variable.getType() != type)
    return op->emitOpError("uses ")
           << symbol << " as " << type << ", but it is " << variable.getType();
  return success();
}

LogicalResult ReadOp::verifySymbolUses(SymbolTableCollection &table) {
  return verifyVariable(*this, table, getVariableAttr(), getType());
}

LogicalResult WriteOp::verifySymbolUses(SymbolTableCollection &table) {
  return verifyVariable(*this, table, getVariableAttr(), getValue().getType());
}

//===----------------------------------------------------------------------===//
// Training
//===----------------------------------------------------------------------===//

/// Checks that every hyper-parameter has a name of its own.
static LogicalResult verifyNames(Operation *op, ArrayAttr names,
                                 size_t values) {
  if (names.size() != values)
    return op->emitOpError("has ")
           << names.size() << " names for " << values << " hyper-parameters";
  llvm::DenseSet<Attribute> seen;
  for (Attribute name : names)
    if (!seen.insert(name).second)
      return op->emitOpError("names ") << name << " twice";
  return success();
}

LogicalResult MinimizeOp::verify() {
  return verifyNames(*this, getNames(), getValues().size());
}

LogicalResult UpdateOp::verify() {
  return verifyNames(*this, getNames(), getValues().size());
}

//===----------------------------------------------------------------------===//
// Parts of a batch
//===----------------------------------------------------------------------===//

LogicalResult PartsOp::verifySymbolUses(SymbolTableCollection &table) {
  auto part = table.lookupNearestSymbolFrom<func::FuncOp>(*this, getPartAttr());
  if (!part)
    return emitOpError("names no function: ") << getPartAttr();
  if (part.getNumArguments() != getInputs().size() ||
      part.getNumResults() + getSums().size() != getNumResults())
    return emitOpError("does not fit the arguments and results of ")
           << getPartAttr();
  for (auto [symbol, result] : llvm::zip_equal(
           getSums().getAsRange<FlatSymbolRefAttr>(), getSumResults()))
    if (failed(verifyVariable(*this, table, symbol, result.getType())))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

ParseResult KernelOp::parse(OpAsmParser &parser, OperationState &result) {
  StringAttr name;
  if (parser.parseAttribute(name, "name", result.attributes))
    return failure();
  SmallVector<OpAsmParser::UnresolvedOperand> inputs;
  SmallVector<OpAsmParser::Argument> arguments;
  auto parseInput = [&]() -> ParseResult {
    OpAsmParser::Argument argument;
    if (parser.parseOperand(inputs.emplace_back()) ||
        parser.parseKeyword("as") || parser.parseArgument(argument) ||
        parser.parseColonType(argument.type))
      return failure();
    arguments.push_back(argument);
    return success();
  };
  SmallVector<Type> types;
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren,
                                     parseInput) ||
      parser.parseArrow())
    return failure();
  if (succeeded(parser.parseOptionalLParen())) {
    if (parser.parseOptionalRParen() &&
        (parser.parseTypeList(types) || parser.parseRParen()))
      return failure();
  } else if (parser.parseType(types.emplace_back())) {
    return failure();
  }
  result.addTypes(types);
  for (auto [input, argument] : llvm::zip_equal(inputs, arguments))
    if (parser.resolveOperand(input, argument.type, result.operands))
      return failure();
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  Region *body = result.addRegion();
  if (parser.parseRegion(*body, arguments))
    return failure();
  ensureTerminator(*body, parser.getBuilder(), result.location);
  return success();
}

void KernelOp::print(OpAsmPrinter &printer) {
  printer << " " << getNameAttr() << "(";
  llvm::interleaveComma(llvm::zip_equal(getInputs(), getBody().getArguments()),
                        printer, [&](auto pair) {
                          auto [input, argument] = pair;
                          printer << input << " as " << argument << " : "
                                  << input.getType();
                        });
  printer << ") -> ";
  if (getNumResults() == 1)
    printer << getResultTypes().front();
  else
    printer << "(" << getResultTypes() << ")";
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(), {"name"});
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false,
                      /*printBlockTerminators=*/true);
}

LogicalResult KernelOp::verify() {
  Block &block = getBody().front();
  if (block.getArgumentTypes() != getInputs().getTypes())
    return emitOpError("has arguments that do not fit its inputs");
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getOperandTypes() != getResultTypes())
    return emitOpError("does not yield its results");
  return success();
}
