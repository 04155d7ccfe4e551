//===- ScanOps.cpp - recurrences ------------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseSet.h"
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

ScanOp ScanOp::addOutputs(ScanOp scan, ValueRange values) {
  SmallVector<Type> types(scan.getOutputs().getTypes());
  SmallVector<Value> yielded(scan.getYieldedOutputs());
  for (Value value : values)
    types.push_back(getStackType(cast<RankedTensorType>(value.getType()),
                                 scan.getSteps(), ""));
  llvm::append_range(yielded, values);
  llvm::append_range(types, scan.getFinals().getTypes());
  llvm::append_range(yielded, scan.getYieldedCarries());
  OpBuilder builder(scan);
  ScanOp more = ::create(builder, scan.getLoc(), types, scan.getSteps(),
                         scan.getReverse(), scan.getInputs(), scan.getInits(),
                         scan.getCaptures());
  unsigned outputs = scan.getNumOutputs();
  for (auto [i, result] : llvm::enumerate(scan.getResults()))
    result.replaceAllUsesWith(
        more.getResult(i < outputs ? i : i + values.size()));
  scan.getYield()->setOperands(yielded);
  more.getBody().takeBody(scan.getBody());
  scan.erase();
  return more;
}

//===----------------------------------------------------------------------===//
// Simplifying
//===----------------------------------------------------------------------===//

namespace {
/// What a scan's used results need of its body.
class Needs {
public:
  explicit Needs(ScanOp scan)
      : scan(scan), arguments(scan.getNumOperands()),
        results(scan.getNumResults()) {
    for (OpResult result : scan.getResults())
      if (!result.use_empty())
        addResult(result.getResultNumber());
  }

  bool areAll() const { return arguments.all() && results.all(); }
  /// Ends what nothing needs: a new scan stands in the place of the old.
  void drop(PatternRewriter &rewriter);

private:
  void addResult(unsigned number) {
    if (results.test(number))
      return;
    results.set(number);
    unsigned outputs = scan.getNumOutputs();
    if (number >= outputs)
      arguments.set(scan.getInputs().size() + number - outputs);
    addValue(scan.getYield()->getOperand(number));
  }
  void addValue(Value value) {
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      unsigned number = argument.getArgNumber();
      arguments.set(number);
      unsigned slices = scan.getInputs().size();
      if (number >= slices && number < slices + scan.getInits().size())
        addResult(scan.getNumOutputs() + number - slices);
    } else if (ops.insert(value.getDefiningOp()).second) {
      // Also what the op's regions use: a gradient that is given in the text.
      value.getDefiningOp()->walk([&](Operation *op) {
        for (Value operand : op->getOperands())
          if (operand.getParentRegion() == &scan.getBody())
            addValue(operand);
      });
    }
  }

  ScanOp scan;
  llvm::BitVector arguments, results;
  llvm::DenseSet<Operation *> ops;
};
} // namespace

void Needs::drop(PatternRewriter &rewriter) {
  auto kept = [](auto range, const llvm::BitVector &which, unsigned first) {
    SmallVector<Value> values;
    for (auto [i, value] : llvm::enumerate(range))
      if (which.test(first + i))
        values.push_back(value);
    return values;
  };
  unsigned slices = scan.getInputs().size(),
           carries = slices + scan.getInits().size();
  SmallVector<Value> old = kept(scan.getResults(), results, 0);
  rewriter.setInsertionPoint(scan);
  ScanOp fewer = create(rewriter, scan.getLoc(), ValueRange(old).getTypes(),
                        scan.getSteps(), scan.getReverse(),
                        kept(scan.getInputs(), arguments, 0),
                        kept(scan.getInits(), arguments, slices),
                        kept(scan.getCaptures(), arguments, carries));
  SmallVector<Value> yielded = kept(scan.getYield()->getOperands(), results, 0);
  rewriter.modifyOpInPlace(scan.getYield(),
                           [&] { scan.getYield()->setOperands(yielded); });
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(scan.getBlock())))
    if (!ops.contains(&op) && !isa<YieldOp>(op))
      rewriter.eraseOp(&op);
  rewriter.inlineRegionBefore(scan.getBody(), fewer.getBody(),
                              fewer.getBody().end());
  llvm::BitVector unused = arguments;
  fewer.getBlock().eraseArguments(unused.flip());
  for (auto [result, value] : llvm::zip_equal(old, fewer.getResults()))
    rewriter.replaceAllUsesWith(result, value);
  rewriter.eraseOp(scan);
}

/// A value that never changes is captured, once; a stack of an input's slices
/// is the input, and equal stacks are one. Then what no used result needs goes.
LogicalResult ScanOp::canonicalize(ScanOp scan, PatternRewriter &rewriter) {
  auto replace = [&](Value old, Value value) {
    bool isUsed = !old.use_empty() && old.getType() == value.getType();
    if (isUsed)
      rewriter.replaceAllUsesWith(old, value);
    return isUsed;
  };
  for (auto [init, carry, final, next] :
       llvm::zip_equal(scan.getInits(), scan.getCarries(), scan.getFinals(),
                       scan.getYieldedCarries())) {
    if (next != carry)
      continue;
    if (!final.use_empty()) {
      rewriter.replaceAllUsesWith(final, init);
      return success();
    }
    // One use is that of the next step.
    if (carry.hasOneUse())
      continue;
    rewriter.modifyOpInPlace(scan, [&, init = init, carry = carry] {
      scan.getCapturesMutable().append(init);
      Value captured =
          scan.getBlock().addArgument(carry.getType(), carry.getLoc());
      rewriter.replaceUsesWithIf(carry, captured, [&](OpOperand &use) {
        return use.getOwner() != scan.getYield() ||
               use.getOperandNumber() < scan.getNumOutputs();
      });
    });
    return success();
  }
  for (auto [i, capture] : llvm::enumerate(scan.getCaptures()))
    for (auto [earlier, argument] :
         llvm::zip(scan.getCaptures().take_front(i), scan.getCaptured()))
      if (earlier == capture && replace(scan.getCaptured()[i], argument))
        return success();
  for (auto [i, slice] : llvm::enumerate(scan.getYieldedOutputs())) {
    auto argument = dyn_cast<BlockArgument>(slice);
    if (argument && argument.getArgNumber() < scan.getInputs().size() &&
        replace(scan.getOutputs()[i],
                scan.getInputs()[argument.getArgNumber()]))
      return success();
    for (auto [earlier, output] :
         llvm::zip(scan.getYieldedOutputs().take_front(i), scan.getOutputs()))
      if (earlier == slice && replace(scan.getOutputs()[i], output))
        return success();
  }
  Needs needs(scan);
  if (needs.areAll())
    return failure();
  needs.drop(rewriter);
  return success();
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
