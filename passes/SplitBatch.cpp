//===- SplitBatch.cpp - a step goes through its batch in parts ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Takes what a step does for each row (BatchRows.h) out into a function that
// is run for one part of the batch after the other: forward and backward pass
// with fewer rows. What the parts add up, gradients above all, lies in sums;
// clipping and updates stay behind the last part and see those of the whole
// batch, with the number of all rows. The function is compiled as an entry is:
// gradients are added to their sums by the kernels that make them.
//
// What does not depend on rows is computed where it is needed, if need be in
// each part and behind them. Random numbers are those of the row.
//
//===----------------------------------------------------------------------===//

#include "ir/ShapeFunctions.h"
#include "ir/Target.h"
#include "mlir/IR/IRMapping.h"
#include "passes/BatchRows.h"
#include "passes/ExpressionBuilder.h"
#include "passes/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace dlcc {
#define GEN_PASS_DEF_SPLITBATCHPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

namespace {

/// Splits one entry function.
class BatchSplitter {
public:
  BatchSplitter(func::FuncOp entry, int64_t parts, SymbolTable &symbols)
      : entry(entry), parts(parts), symbols(symbols), body(entry.getContext()) {
  }

  LogicalResult run();

private:
  LogicalResult collect();
  LogicalResult checkLayout(Operation *op, Value value);
  void collectOps();
  RankedTensorType shrink(Type type) const;
  void shrink(Operation *op);
  void buildPart();
  void placeRandom(RandomOp op, RandomOp whole);
  void addUp(Value sum, Value contribution);
  Value readFirstRow();
  void rewriteEntry();

  func::FuncOp entry, part;
  int64_t parts;
  SymbolTable &symbols;
  OpBuilder body; ///< of the part's ops
  BatchRows rows;
  /// What the part is given: arguments, and reads of variables with rows.
  llvm::SetVector<Value> inputs;
  llvm::SetVector<Value> rowResults, sums; ///< read behind the parts
  llvm::SetVector<Operation *> ops;        ///< of a part
  SmallVector<Attribute> sumNames;
  Value firstRow, isFirst; ///< of the part's rows; whether there is none before
};

} // namespace

/// A part's rows must lie side by side.
LogicalResult BatchSplitter::checkLayout(Operation *op, Value value) {
  if (findRowAxis(value.getType()) == 0u)
    return success();
  return refuseToSplit(op, "does not have its rows one after the other");
}

/// Which values leave the parts.
LogicalResult BatchSplitter::collect() {
  for (Operation &op : entry.getBody().front()) {
    if (rows.isInParts(&op))
      continue;
    for (Value operand : op.getOperands()) {
      RowShare share = rows.lookup(operand);
      if (share == RowShare::Sum)
        sums.insert(operand);
      else if (share == RowShare::Rows && rowResults.insert(operand) &&
               failed(checkLayout(
                   operand.getDefiningOp() ? operand.getDefiningOp() : &op,
                   operand)))
        return failure();
      else if (Operation *producer = operand.getDefiningOp();
               share == RowShare::Whole && producer && rows.isInParts(producer))
        return refuseToSplit(producer, "makes a value that has no rows");
    }
  }
  collectOps();
  for (Value input : inputs)
    if (rows.lookup(input) == RowShare::Rows &&
        failed(checkLayout(
            input.getDefiningOp() ? input.getDefiningOp() : entry, input)))
      return failure();
  return success();
}

/// All that the results need, which then stands in the order of the text.
void BatchSplitter::collectOps() {
  SmallVector<Value> open(rowResults.begin(), rowResults.end());
  open.append(sums.begin(), sums.end());
  llvm::DenseSet<Operation *> needed;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    Operation *op = value.getDefiningOp();
    bool isInput =
        !op || (isa<ReadOp>(op) && rows.lookup(value) == RowShare::Rows);
    if (isInput)
      inputs.insert(value);
    else if (needed.insert(op).second)
      llvm::append_range(open, op->getOperands());
  }
  for (Operation &op : entry.getBody().front())
    if (needed.contains(&op))
      ops.insert(&op);
}

RankedTensorType BatchSplitter::shrink(Type type) const {
  auto tensor = cast<RankedTensorType>(type);
  std::optional<unsigned> axis = findRowAxis(tensor);
  if (!axis)
    return tensor;
  Dims dims = getDims(tensor);
  dims[*axis].size /= parts;
  return getTensorType(type.getContext(), dims, tensor.getElementType());
}

/// Gives a copied op, and those in it, the rows of a part.
void BatchSplitter::shrink(Operation *op) {
  op->walk([&](Operation *inner) {
    if (auto constant = dyn_cast<ConstantOp>(inner))
      if (findRowAxis(constant.getType()))
        constant.setValueAttr(
            cast<SplatElementsAttr>(constant.getValue())
                .resizeSplat(shrink(constant.getResult().getType())));
    if (auto slice = dyn_cast<SliceOp>(inner))
      if (std::optional<unsigned> axis =
              findRowAxis(slice.getResult().getType())) {
        auto sizes = llvm::to_vector(slice.getSizes());
        sizes[*axis] /= parts;
        slice.setSizes(sizes);
      }
    for (Value result : inner->getResults())
      result.setType(shrink(result.getType()));
    for (Region &region : inner->getRegions())
      for (BlockArgument argument : region.getArguments())
        argument.setType(shrink(argument.getType()));
  });
}

Value BatchSplitter::readFirstRow() {
  constexpr llvm::StringLiteral kFirstRow = "$first_row";
  auto type = RankedTensorType::get({}, body.getI64Type());
  if (!symbols.lookup(kFirstRow)) {
    OpBuilder top =
        OpBuilder::atBlockBegin(cast<ModuleOp>(symbols.getOp()).getBody());
    symbols.insert(VariableOp::create(top, entry.getLoc(),
                                      VariableKind::Control, kFirstRow, type,
                                      /*trainable=*/false));
  }
  if (!firstRow) {
    OpBuilder begin = OpBuilder::atBlockBegin(&part.getBody().front());
    firstRow = ReadOp::create(begin, entry.getLoc(), type, kFirstRow);
  }
  return firstRow;
}

/// A part's random numbers begin where those of the rows before it end.
void BatchSplitter::placeRandom(RandomOp op, RandomOp whole) {
  auto type = cast<RankedTensorType>(whole.getResult().getType());
  std::optional<unsigned> axis = findRowAxis(type);
  if (!axis)
    return;
  int64_t elements = getRowMultiple(getDims(type)[*axis], getBatch(entry));
  for (int64_t size : type.getShape().drop_front(*axis + 1))
    elements *= size;
  body.setInsertionPoint(op);
  ExpressionBuilder build(body, op.getLoc());
  Value first = readFirstRow();
  op.getFirstMutable().assign(build.mul(first, double(elements)));
  if (*axis != 0)
    op.setWhole(type.getShape());
  body.setInsertionPointAfter(op);
}

/// Narrow floats are added up in f32.
static RankedTensorType getSumType(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  bool isNarrow = isa<FloatType>(type.getElementType()) &&
                  type.getElementTypeBitWidth() < 32;
  return isNarrow ? cast<RankedTensorType>(
                        type.clone(Float32Type::get(type.getContext())))
                  : type;
}

/// The first part finds nothing in the sum.
void BatchSplitter::addUp(Value sum, Value contribution) {
  RankedTensorType type = getSumType(sum);
  std::string name =
      (entry.getSymName() + "/sum_" + llvm::Twine(sumNames.size())).str();
  OpBuilder before(entry);
  symbols.insert(VariableOp::create(before, sum.getLoc(), VariableKind::Sum,
                                    name, type, /*trainable=*/false));
  ExpressionBuilder build(body, contribution.getLoc());
  Value old = ReadOp::create(body, sum.getLoc(), type, name);
  if (!isFirst)
    isFirst = build.compare(Comparison::EQ, readFirstRow(), 0);
  Value base = build.select(build.splat(isFirst, type.clone(body.getI1Type())),
                            build.constant(type, 0), old);
  Value added =
      build.add(base, build.cast(contribution, type.getElementType()));
  WriteOp::create(body, sum.getLoc(), name, added);
  sumNames.push_back(FlatSymbolRefAttr::get(body.getContext(), name));
}

void BatchSplitter::buildPart() {
  SmallVector<Type> from, to;
  for (Value input : inputs)
    from.push_back(shrink(input.getType()));
  for (Value result : rowResults)
    to.push_back(shrink(result.getType()));
  body.setInsertionPointAfter(entry);
  part = func::FuncOp::create(body, entry.getLoc(),
                              (entry.getSymName() + ".part").str(),
                              body.getFunctionType(from, to));
  part.setPrivate();
  part->setAttr(attr::kEntry, entry->getAttr(attr::kEntry));
  part->setAttr(attr::kPart, body.getUnitAttr());
  part->setAttr(attr::kBatch, body.getI64IntegerAttr(getBatch(entry) / parts));
  symbols.insert(part);
  Block *block = part.addEntryBlock();
  IRMapping mapping;
  mapping.map(inputs.getArrayRef(), block->getArguments());
  body.setInsertionPointToStart(block);
  for (Operation *op : ops) {
    Operation *copy = body.clone(*op, mapping);
    shrink(copy);
    if (auto random = dyn_cast<RandomOp>(copy))
      placeRandom(random, cast<RandomOp>(op));
  }
  for (Value sum : sums)
    addUp(sum, mapping.lookup(sum));
  SmallVector<Value> results;
  for (Value result : rowResults)
    results.push_back(mapping.lookup(result));
  func::ReturnOp::create(body, entry.getLoc(), results);
  for (WriteOp write : llvm::to_vector(block->getOps<WriteOp>()))
    write->moveBefore(block->getTerminator());
}

/// Behind the parts the entry works with what they made.
void BatchSplitter::rewriteEntry() {
  Block &block = entry.getBody().front();
  Operation *last = nullptr;
  for (Value input : inputs)
    if (Operation *read = input.getDefiningOp()) {
      if (read != &block.front())
        read->moveBefore(&block.front());
      last = last ? last : read;
    }
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  if (last)
    builder.setInsertionPointAfter(last);
  SmallVector<Type> types;
  for (Value result : rowResults)
    types.push_back(result.getType());
  for (Value sum : sums)
    types.push_back(getSumType(sum));
  auto run =
      PartsOp::create(builder, entry.getLoc(), types, part.getSymName(), parts,
                      inputs.getArrayRef(), builder.getArrayAttr(sumNames));
  auto replace = [&](Value old, Value made) {
    old.replaceUsesWithIf(made, [&](OpOperand &use) {
      return !rows.isInParts(use.getOwner()) && use.getOwner() != run;
    });
  };
  for (auto [old, made] : llvm::zip_equal(rowResults, run.getRowResults()))
    replace(old, made);
  for (auto [old, made] : llvm::zip_equal(sums, run.getSumResults())) {
    ExpressionBuilder build(builder, old.getLoc());
    Type element = cast<RankedTensorType>(old.getType()).getElementType();
    replace(old, build.cast(made, element));
  }
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op) || (rows.isInParts(&op) && op.use_empty()))
      op.erase();
}

LogicalResult BatchSplitter::run() {
  if (getBatch(entry) % parts != 0)
    return entry.emitError() << "a batch of " << getBatch(entry)
                             << " rows has no " << parts << " equal parts";
  if (failed(rows.analyze(entry)) || failed(collect()))
    return failure();
  if (llvm::none_of(inputs, [&](Value input) {
        return rows.lookup(input) == RowShare::Rows;
      }))
    return refuseToSplit(entry, "has no rows");
  buildPart();
  rewriteEntry();
  return success();
}

namespace {

struct SplitBatchPass : public dlcc::impl::SplitBatchPassBase<SplitBatchPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<std::pair<func::FuncOp, int64_t>> chosen;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (auto parts = function->getAttrOfType<IntegerAttr>(attr::kParts);
          parts && parts.getInt() > 1)
        chosen.push_back({function, parts.getInt()});
    for (auto [entry, parts] : chosen)
      if (failed(BatchSplitter(entry, parts, symbols).run()))
        return signalPassFailure();
  }
};

} // namespace
