//===- ScanOps.cpp - recurrences ------------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

YieldOp ScanOp::getYield() { return cast<YieldOp>(getBlock().getTerminator()); }

OperandRange ScanOp::getYieldedOutputs() {
  return getYield().getOperands().take_front(getNumOutputs());
}
OperandRange ScanOp::getYieldedCarries() {
  return getYield().getOperands().drop_front(getNumOutputs());
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

static ScanOp create(OpBuilder &builder, Location loc, TypeRange results,
                     int64_t steps, bool reverse, ValueRange inputs,
                     ValueRange inits, ValueRange captures) {
  return ScanOp::create(builder, loc, results, steps, reverse, inputs, inits,
                        captures);
}

ScanOp ScanOp::begin(OpBuilder &builder, Location loc, int64_t steps,
                     bool reverse, ValueRange inputs, ValueRange inits) {
  ScanOp scan =
      ::create(builder, loc, TypeRange(), steps, reverse, inputs, inits, {});
  Block &block = scan.getBody().emplaceBlock();
  for (Value input : inputs)
    block.addArgument(getSliceType(cast<RankedTensorType>(input.getType())),
                      input.getLoc());
  for (Value init : inits)
    block.addArgument(init.getType(), init.getLoc());
  return scan;
}

ScanOp ScanOp::finish(ScanOp open, ValueRange outputs, ValueRange carries,
                      StringRef stepsName) {
  SmallVector<Type> types;
  for (Value output : outputs)
    types.push_back(getStackType(cast<RankedTensorType>(output.getType()),
                                 open.getSteps(), stepsName));
  llvm::append_range(types, open.getInits().getTypes());

  Region &body = open.getBody();
  SmallVector<Value> yielded(outputs);
  llvm::append_range(yielded, carries);
  OpBuilder builder = OpBuilder::atBlockEnd(&body.front());
  YieldOp::create(builder, open.getLoc(), yielded);
  // Also what no region around defines: autodiff uses the forward step's values
  // until it knows where they will be.
  llvm::SetVector<Value> used;
  body.walk([&](Operation *op) {
    for (Value operand : op->getOperands())
      if (!body.isAncestor(operand.getParentRegion()))
        used.insert(operand);
  });
  SmallVector<Value> captures(open.getCaptures());
  builder.setInsertionPointToStart(&body.front());
  for (Value value : used) {
    Value inside;
    if (auto constant = value.getDefiningOp<ConstantOp>()) {
      inside = builder.clone(*constant)->getResult(0);
    } else {
      captures.push_back(value);
      inside = body.front().addArgument(value.getType(), value.getLoc());
    }
    replaceAllUsesInRegionWith(value, inside, body);
  }

  builder.setInsertionPoint(open);
  ScanOp scan =
      ::create(builder, open.getLoc(), types, open.getSteps(),
               open.getReverse(), open.getInputs(), open.getInits(), captures);
  scan.getBody().takeBody(body);
  open.erase();
  return scan;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// `(%outer AS %inner : type, …)`, or `(%inner in %outer : type, …)` where the
/// argument comes first; `into` takes the argument with the type of the whole.
static ParseResult
parseOperands(OpAsmParser &parser, StringRef word, bool argumentFirst,
              SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands,
              SmallVectorImpl<OpAsmParser::Argument> &arguments) {
  return parser.parseCommaSeparatedList(
      OpAsmParser::Delimiter::Paren, [&]() -> ParseResult {
        OpAsmParser::Argument &argument = arguments.emplace_back();
        OpAsmParser::UnresolvedOperand &operand = operands.emplace_back();
        if (argumentFirst
                ? parser.parseArgument(argument) || parser.parseKeyword(word) ||
                      parser.parseOperand(operand)
                : parser.parseOperand(operand) || parser.parseKeyword(word) ||
                      parser.parseArgument(argument))
          return failure();
        return parser.parseColonType(argument.type);
      });
}

ParseResult ScanOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  IntegerAttr steps;
  if (parser.parseAttribute(steps, builder.getI64Type(), "steps",
                            result.attributes))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("reverse")))
    result.addAttribute("reverse", builder.getUnitAttr());

  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<OpAsmParser::Argument> arguments;
  SMLoc place = parser.getCurrentLocation();
  if (parseOperands(parser, "in", /*argumentFirst=*/true, operands, arguments))
    return failure();
  size_t inputs = operands.size();
  if (succeeded(parser.parseOptionalKeyword("carry")) &&
      parseOperands(parser, "from", /*argumentFirst=*/true, operands,
                    arguments))
    return failure();
  size_t inits = operands.size() - inputs;
  if (succeeded(parser.parseOptionalKeyword("use")) &&
      parseOperands(parser, "as", /*argumentFirst=*/false, operands, arguments))
    return failure();
  size_t captures = operands.size() - inputs - inits;
  result.addAttribute(
      "operandSegmentSizes",
      builder.getDenseI32ArrayAttr(
          {int32_t(inputs), int32_t(inits), int32_t(captures)}));

  SmallVector<Type> types;
  if (parser.parseArrow() ||
      parser.parseCommaSeparatedList(
          OpAsmParser::Delimiter::Paren,
          [&] { return parser.parseType(types.emplace_back()); }) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  result.addTypes(types);
  for (auto [i, operand, argument] : llvm::enumerate(operands, arguments)) {
    if (parser.resolveOperand(operand, argument.type, result.operands))
      return failure();
    if (i >= inputs)
      continue;
    auto stack = dyn_cast<RankedTensorType>(argument.type);
    if (!stack || stack.getRank() == 0)
      return parser.emitError(place, "an input has a first dimension");
    argument.type = getSliceType(stack);
  }
  Region *body = result.addRegion();
  if (parser.parseRegion(*body, arguments))
    return failure();
  ensureTerminator(*body, builder, result.location);
  return success();
}

void ScanOp::print(OpAsmPrinter &printer) {
  printer << " " << getSteps();
  if (getReverse())
    printer << " reverse";
  auto print = [&](OperandRange operands, ArrayRef<BlockArgument> arguments,
                   StringRef word, bool argumentFirst) {
    printer << " (";
    llvm::interleaveComma(
        llvm::zip_equal(operands, arguments), printer, [&](auto pair) {
          Value operand = std::get<0>(pair), argument = std::get<1>(pair);
          printer << (argumentFirst ? argument : operand) << " " << word << " "
                  << (argumentFirst ? operand : argument) << " : "
                  << operand.getType();
        });
    printer << ")";
  };
  print(getInputs(), getSlices(), "in", /*argumentFirst=*/true);
  if (!getInits().empty()) {
    printer << " carry";
    print(getInits(), getCarries(), "from", /*argumentFirst=*/true);
  }
  if (!getCaptures().empty()) {
    printer << " use";
    print(getCaptures(), getCaptured(), "as", /*argumentFirst=*/false);
  }
  printer << " -> (" << getResultTypes() << ")";
  printer.printOptionalAttrDictWithKeyword(
      (*this)->getAttrs(), {"steps", "reverse", "operandSegmentSizes"});
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false,
                      /*printBlockTerminators=*/true);
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

LogicalResult ScanOp::verify() {
  if (getSteps() < 1)
    return emitOpError("has no step");
  if (getNumResults() < getInits().size())
    return emitOpError("has fewer results than carried values");
  Block &block = getBlock();
  if (block.getNumArguments() != getNumOperands())
    return emitOpError("has ") << getNumOperands() << " operands and "
                               << block.getNumArguments() << " arguments";
  auto isStackOf = [&](Type stack, Type slice) {
    auto type = cast<RankedTensorType>(stack);
    return type.getRank() > 0 && type.getDimSize(0) == int64_t(getSteps()) &&
           getSliceType(type) == slice;
  };
  for (auto [input, slice] : llvm::zip_equal(getInputs(), getSlices()))
    if (!isStackOf(input.getType(), slice.getType()))
      return emitOpError("has an input of ")
             << input.getType() << " for slices of " << slice.getType()
             << " in " << getSteps() << " steps";
  for (auto [init, carry] : llvm::zip_equal(getInits(), getCarries()))
    if (init.getType() != carry.getType())
      return emitOpError("carries ")
             << carry.getType() << ", but begins with " << init.getType();
  for (auto [capture, inside] : llvm::zip_equal(getCaptures(), getCaptured()))
    if (capture.getType() != inside.getType())
      return emitOpError("captures ")
             << capture.getType() << " as " << inside.getType();

  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getNumOperands() != getNumResults())
    return emitOpError("does not yield ") << getNumResults() << " values";
  for (auto [output, slice] :
       llvm::zip_equal(getOutputs(), getYieldedOutputs()))
    if (!isStackOf(output.getType(), slice.getType()))
      return emitOpError("stacks ")
             << slice.getType() << " to " << output.getType() << " in "
             << getSteps() << " steps";
  for (auto [carry, final, next] :
       llvm::zip_equal(getCarries(), getFinals(), getYieldedCarries()))
    if (carry.getType() != next.getType() || final.getType() != next.getType())
      return emitOpError("carries ")
             << carry.getType() << ", but yields " << next.getType();
  for (Operation &op : block)
    if (isa<ReadOp, WriteOp, MinimizeOp, UpdateOp, GradientOp>(op))
      return op.emitOpError("cannot stand in a scan");
  return success();
}
