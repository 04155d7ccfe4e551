//===- LowerEntries.cpp - entry functions become bodies -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last thing that is known about memory, offsets in regions, becomes
// address arithmetic here. Runs when kernels have their C convention; entries
// still stand in planned form. Refuses anything but views, casts that keep the
// address, loops with constant bounds and the index arithmetic of their views,
// and calls of kernels.
//
//===----------------------------------------------------------------------===//

#include "codegen/object/ModelDescription.h"
#include "codegen/object/Passes.h"
#include "dlcc/abi.h"
#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"

#include <cstddef>

namespace dlcc::object {
#define GEN_PASS_DEF_LOWERENTRIESPASS
#include "codegen/object/Passes.h.inc"
} // namespace dlcc::object

using namespace mlir;
using namespace dlcc;

namespace {

/// The kernels of the module, each the list of its loop forms or, on a GPU, of
/// its launches, and their places in the tables.
using KernelTable = llvm::MapVector<ArrayAttr, int32_t>;

/// Translates one entry function.
class BodyBuilder {
public:
  BodyBuilder(func::FuncOp entry, StringRef model, bool isForDevice,
              KernelTable &table)
      : entry(entry), model(model), isForDevice(isForDevice), table(table),
        builder(entry->getContext()),
        pointer(LLVM::LLVMPointerType::get(entry->getContext())) {}

  LogicalResult build();

private:
  Value constant(int64_t value) {
    return LLVM::ConstantOp::create(builder, entry.getLoc(),
                                    builder.getI64Type(), value);
  }
  /// base + offset, in bytes.
  Value address(Location loc, Value base, int64_t offset) {
    if (offset == 0)
      return base;
    return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), base,
                               ArrayRef<LLVM::GEPArg>{int32_t(offset)});
  }
  Value addressAt(Location loc, Value base, int64_t offset) {
    // A GEPArg has fewer bits than its integer.
    if (llvm::isInt<LLVM::kGEPConstantBitWidth>(offset))
      return address(loc, base, offset);
    return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), base,
                               ArrayRef<LLVM::GEPArg>{constant(offset)});
  }
  Value load(int64_t offsetInCall) {
    Location loc = entry.getLoc();
    return LLVM::LoadOp::create(builder, loc, pointer,
                                address(loc, call, offsetInCall));
  }
  void createFunction();
  void mapArguments();
  LogicalResult translate(Operation &op);
  LogicalResult translate(memref::ViewOp view);
  LogicalResult translate(func::CallOp kernelCall);
  void launch(func::CallOp kernelCall, ArrayAttr launches);
  LogicalResult translate(scf::ForOp loop);
  Value createPartCall();
  Value enterPart(Location loc, Value number, int64_t partRows);
  bool translateIndex(Operation &op);

  func::FuncOp entry;
  StringRef model;
  bool isForDevice; ///< kernels are launched on a GPU
  KernelTable &table;
  OpBuilder builder;
  Type pointer;
  Value call, kernels, buffers;
  Value partCall; ///< what kernels of a part of the batch are given: its rows
  IRMapping pointers; // memref -> address, index -> integer
};

void BodyBuilder::createFunction() {
  builder.setInsertionPoint(entry);
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(builder.getContext()), {pointer});
  auto body = LLVM::LLVMFuncOp::create(builder, entry.getLoc(),
                                       bodySymbol(model, entry.getSymName()),
                                       type, LLVM::Linkage::Internal);
  Block *block = body.addEntryBlock(builder);
  builder.setInsertionPointToStart(block);
  call = block->getArgument(0);
}

/// Inputs and outputs come from call->args, regions from call itself.
void BodyBuilder::mapArguments() {
  constexpr int64_t regions[] = {
      offsetof(dlcc_call, weights), offsetof(dlcc_call, optimizer),
      offsetof(dlcc_call, state), offsetof(dlcc_call, control),
      offsetof(dlcc_call, arena)};
  unsigned numArgs = entry.getNumArguments() - std::size(regions);
  Location loc = entry.getLoc();
  if (numArgs != 0) {
    Value args = load(offsetof(dlcc_call, args));
    for (unsigned i = 0; i != numArgs; ++i)
      pointers.map(entry.getArgument(i),
                   LLVM::LoadOp::create(
                       builder, loc, pointer,
                       address(loc, args, i * int64_t(sizeof(void *)))));
  }
  for (auto [i, offset] : llvm::enumerate(regions))
    pointers.map(entry.getArgument(numArgs + i), load(offset));
}

LogicalResult BodyBuilder::translate(memref::ViewOp view) {
  Value base = pointers.lookup(view.getSource());
  APInt offset;
  if (matchPattern(view.getByteShift(), m_ConstantInt(&offset)))
    pointers.map(view.getResult(),
                 addressAt(view.getLoc(), base, offset.getSExtValue()));
  else
    pointers.map(
        view.getResult(),
        LLVM::GEPOp::create(
            builder, view.getLoc(), pointer, builder.getI8Type(), base,
            ArrayRef<LLVM::GEPArg>{pointers.lookup(view.getByteShift())}));
  return success();
}

/// Whether the op is arithmetic on the numbers of steps, which is done then.
bool BodyBuilder::translateIndex(Operation &op) {
  if (op.getNumResults() != 1 || !op.getResult(0).getType().isIndex())
    return false;
  auto operand = [&](unsigned i) { return pointers.lookup(op.getOperand(i)); };
  Location loc = op.getLoc();
  Value result;
  APInt number;
  if (matchPattern(&op, m_ConstantInt(&number)))
    result = constant(number.getSExtValue());
  else if (isa<arith::AddIOp>(op))
    result = LLVM::AddOp::create(builder, loc, operand(0), operand(1));
  else if (isa<arith::SubIOp>(op))
    result = LLVM::SubOp::create(builder, loc, operand(0), operand(1));
  else if (isa<arith::MulIOp>(op))
    result = LLVM::MulOp::create(builder, loc, operand(0), operand(1));
  else if (isa<arith::RemUIOp>(op))
    result = LLVM::URemOp::create(builder, loc, operand(0), operand(1));
  else
    return false;
  pointers.map(op.getResult(0), result);
  return true;
}

/// A copy of what the entry is called with.
Value BodyBuilder::createPartCall() {
  Location loc = entry.getLoc();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfterValue(buffers);
  Value copy =
      LLVM::AllocaOp::create(builder, loc, pointer, builder.getI8Type(),
                             constant(sizeof(dlcc_call)), alignof(dlcc_call));
  LLVM::MemcpyOp::create(builder, loc, copy, call, constant(sizeof(dlcc_call)),
                         /*isVolatile=*/false);
  return copy;
}

/// Says which rows are those of the part; the row behind them.
Value BodyBuilder::enterPart(Location loc, Value number, int64_t partRows) {
  Value first = LLVM::MulOp::create(builder, loc, number, constant(partRows));
  Value rows =
      LLVM::LoadOp::create(builder, loc, builder.getI64Type(),
                           address(loc, call, offsetof(dlcc_call, rows)));
  Value left = LLVM::SubOp::create(builder, loc, rows, first);
  Value own = LLVM::SMinOp::create(builder, loc, left, constant(partRows));
  LLVM::StoreOp::create(builder, loc, own,
                        address(loc, partCall, offsetof(dlcc_call, rows)));
  LLVM::StoreOp::create(builder, loc, first,
                        address(loc, load(offsetof(dlcc_call, control)),
                                offsetof(dlcc_control, first_row)));
  return LLVM::SubOp::create(builder, loc, left, constant(partRows));
}

/// Every loop of a planned entry runs at least once, so it is tested at its
/// end. That over the parts of the batch ends with the rows that there are.
LogicalResult BodyBuilder::translate(scf::ForOp loop) {
  Location loc = loop.getLoc();
  APInt begin, end, step;
  if (!matchPattern(loop.getLowerBound(), m_ConstantInt(&begin)) ||
      !matchPattern(loop.getUpperBound(), m_ConstantInt(&end)) ||
      !matchPattern(loop.getStep(), m_ConstantInt(&step)) || !begin.slt(end))
    return loop.emitError("the bounds of a loop must be constants");
  SmallVector<Value> first = {constant(begin.getSExtValue())};
  for (Value init : loop.getInitArgs())
    first.push_back(pointers.lookup(init));
  Block *before = builder.getBlock();
  Region *region = before->getParent();
  Block *body = builder.createBlock(region, region->end());
  Block *after = builder.createBlock(region, region->end());
  pointers.map(loop.getInductionVar(),
               body->addArgument(builder.getI64Type(), loc));
  for (BlockArgument carried : loop.getRegionIterArgs())
    pointers.map(carried, body->addArgument(pointer, loc));
  for (Value result : loop.getResults())
    pointers.map(result, after->addArgument(pointer, loc));
  builder.setInsertionPointToEnd(before);
  LLVM::BrOp::create(builder, loc, first, body);

  builder.setInsertionPointToStart(body);
  Value whole = call, rowsBehind;
  if (auto partRows = loop->getAttrOfType<IntegerAttr>(attr::kPartRows)) {
    if (isForDevice)
      return loop.emitError("parts of a batch cannot run on a GPU");
    partCall = partCall ? partCall : createPartCall();
    rowsBehind = enterPart(loc, body->getArgument(0), partRows.getInt());
    call = partCall;
  }
  for (Operation &op : loop.getBody()->without_terminator())
    if (failed(translate(op)))
      return failure();
  call = whole;
  SmallVector<Value> next = {LLVM::AddOp::create(
      builder, loc, body->getArgument(0), constant(step.getSExtValue()))};
  for (Value value : loop.getBody()->getTerminator()->getOperands())
    next.push_back(pointers.lookup(value));
  Value again =
      rowsBehind
          ? LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::sgt,
                                 rowsBehind, constant(0))
          : LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::slt,
                                 next.front(), constant(end.getSExtValue()));
  LLVM::CondBrOp::create(builder, loc, again, body, next, after,
                         ArrayRef(next).drop_front());
  builder.setInsertionPointToStart(after);
  return success();
}

/// A guard lies in the device's memory, so it is not asked: without it the call
/// stores what is there already.
void BodyBuilder::launch(func::CallOp kernelCall, ArrayAttr launches) {
  Location loc = kernelCall.getLoc();
  int32_t place = table.insert({launches, int32_t(table.size())}).first->second;
  Value number = LLVM::ConstantOp::create(builder, loc, builder.getI32Type(),
                                          int64_t(place));
  LLVM::CallOp::create(builder, loc, TypeRange(), "dlcc_run_device_kernel",
                       ValueRange{call, number, buffers});
}

LogicalResult BodyBuilder::translate(func::CallOp kernelCall) {
  Operation *kernel = SymbolTable::lookupNearestSymbolFrom(
      kernelCall, kernelCall.getCalleeAttr());
  auto forms = kernel ? kernel->getAttrOfType<ArrayAttr>(
                            isForDevice ? attr::kLaunches : attr::kLoopForms)
                      : ArrayAttr();
  if (!forms)
    return kernelCall.emitError() << "the kernel has no loop form";
  Location loc = kernelCall.getLoc();
  for (auto [i, operand] : llvm::enumerate(kernelCall.getOperands()))
    LLVM::StoreOp::create(builder, loc, pointers.lookup(operand),
                          address(loc, buffers, i * int64_t(sizeof(void *))));
  if (isForDevice) {
    launch(kernelCall, forms);
    return success();
  }
  auto [place, isNew] = table.insert({forms, int32_t(table.size())});
  int64_t offset = place->second * int64_t(sizeof(dlcc_level_kernel));
  Value k = LLVM::LoadOp::create(
      builder, loc, pointer,
      address(loc, kernels, offset + offsetof(dlcc_level_kernel, kernel)));
  Value count = LLVM::LoadOp::create(
      builder, loc, builder.getI64Type(),
      address(loc, kernels, offset + offsetof(dlcc_level_kernel, tasks)));
  if (auto guard = kernelCall->getAttrOfType<IntegerAttr>(attr::kGuard)) {
    Value holds = LLVM::LoadOp::create(
        builder, loc, builder.getI8Type(),
        pointers.lookup(kernelCall.getOperand(guard.getInt())));
    Value isTrue =
        LLVM::TruncOp::create(builder, loc, builder.getI1Type(), holds);
    count = LLVM::SelectOp::create(builder, loc, isTrue, count, constant(0));
  }
  LLVM::CallOp::create(builder, loc, TypeRange(), "dlcc_run_kernel",
                       ValueRange{call, k, buffers, count});
  return success();
}

LogicalResult BodyBuilder::translate(Operation &op) {
  if (isa<func::ReturnOp>(op) || translateIndex(op))
    return success();
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return translate(loop);
  if (auto view = dyn_cast<memref::ViewOp>(op))
    return translate(view);
  // These name the same memory by another shape: all memrefs here are dense
  // and start at their region's or view's address.
  if (isa<memref::CastOp, memref::CollapseShapeOp, memref::ExpandShapeOp,
          UnrealizedConversionCastOp>(op)) {
    pointers.map(op.getResult(0), pointers.lookup(op.getOperand(0)));
    return success();
  }
  if (auto kernelCall = dyn_cast<func::CallOp>(op))
    return translate(kernelCall);
  return op.emitError("cannot stand in a planned entry function");
}

LogicalResult BodyBuilder::build() {
  createFunction();
  int64_t longest = 0;
  entry.walk([&](func::CallOp kernelCall) {
    longest = std::max<int64_t>(longest, kernelCall.getNumOperands());
  });
  mapArguments();
  Location loc = entry.getLoc();
  if (longest != 0) {
    buffers = LLVM::AllocaOp::create(builder, loc, pointer, pointer,
                                     constant(longest));
    if (!isForDevice)
      kernels = load(offsetof(dlcc_call, kernels));
  }
  for (Operation &op : entry.getBody().front())
    if (failed(translate(op)))
      return failure();
  LLVM::ReturnOp::create(builder, loc, ValueRange());
  entry.erase();
  return success();
}

class LowerEntriesPass
    : public object::impl::LowerEntriesPassBase<LowerEntriesPass> {
  void runOnOperation() override;

  /// Declares the runtime's function and, once all bodies are known, the table
  /// of a level's kernels.
  void declareRuntime(bool isForDevice);
  void declareTable(StringRef symbol, size_t level, const KernelTable &table);
  void declareTables(StringRef model, const KernelTable &table);
  /// Says which kernels a GPU's bodies know.
  void listDeviceKernels(const KernelTable &table);
};

void LowerEntriesPass::declareRuntime(bool isForDevice) {
  OpBuilder builder = OpBuilder::atBlockBegin(getOperation().getBody());
  Type pointer = LLVM::LLVMPointerType::get(&getContext());
  SmallVector<Type> types = {pointer, pointer, pointer, builder.getI64Type()};
  if (isForDevice)
    types = {pointer, builder.getI32Type(), pointer};
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(&getContext()), types);
  LLVM::LLVMFuncOp::create(
      builder, getOperation().getLoc(),
      isForDevice ? "dlcc_run_device_kernel" : "dlcc_run_kernel", type);
}

void LowerEntriesPass::declareTable(StringRef symbol, size_t level,
                                    const KernelTable &table) {
  OpBuilder builder = OpBuilder::atBlockBegin(getOperation().getBody());
  SmallVector<Attribute> symbols;
  for (auto &[forms, place] : table)
    symbols.push_back(forms[level]);
  auto element = LLVM::LLVMStructType::getLiteral(
      &getContext(),
      {LLVM::LLVMPointerType::get(&getContext()), builder.getI64Type()});
  auto global = LLVM::GlobalOp::create(
      builder, getOperation().getLoc(),
      LLVM::LLVMArrayType::get(element, table.size()), /*isConstant=*/true,
      LLVM::Linkage::External, symbol, /*value=*/Attribute());
  global->setAttr(object::kernelTableAttr, builder.getArrayAttr(symbols));
}

void LowerEntriesPass::declareTables(StringRef model,
                                     const KernelTable &table) {
  SmallVector<dlc::TargetAttr> levels = levelsOf(getOperation());
  std::string symbol = (model + object::kernelTableSuffix).str();
  // Each is declared at the module's start, so the last one comes first.
  for (size_t level = levels.size(); level-- > 0;) {
    std::string name = symbol;
    if (levels.size() > 1)
      name += ("." + levels[level].getCpu()).str();
    // Levels of the same processor are numbered.
    if (llvm::is_contained(ArrayRef(levels).take_front(level), levels[level]))
      name += "." + std::to_string(level);
    declareTable(name, level, table);
  }
}

void LowerEntriesPass::listDeviceKernels(const KernelTable &table) {
  Builder builder(&getContext());
  llvm::DenseMap<Attribute, int64_t> numBuffers;
  for (auto kernel : getOperation().getOps<func::FuncOp>())
    if (Attribute launches = kernel->getAttr(attr::kLaunches))
      numBuffers[launches] = kernel.getNumArguments();
  SmallVector<Attribute> kernels;
  for (auto &[launches, place] : table)
    kernels.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr(
             "buffers", builder.getI64IntegerAttr(numBuffers.lookup(launches))),
         builder.getNamedAttr("launches", launches)}));
  getOperation()->setAttr(object::deviceKernelsAttr,
                          builder.getArrayAttr(kernels));
}

void LowerEntriesPass::runOnOperation() {
  ModuleOp module = getOperation();
  auto model = module->getAttrOfType<StringAttr>(attr::kModel);
  if (!model) {
    module.emitError() << "no '" << attr::kModel << "'";
    return signalPassFailure();
  }
  dlc::TargetAttr target = levelsOf(module).front();
  bool isForDevice = target && target.getKind() == "cuda";
  declareRuntime(isForDevice);
  KernelTable table;
  for (auto entry : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
    if (!entry->hasAttr(attr::kEntry))
      continue;
    if (failed(
            BodyBuilder(entry, model.getValue(), isForDevice, table).build()))
      return signalPassFailure();
  }
  if (isForDevice)
    listDeviceKernels(table);
  else
    declareTables(model.getValue(), table);
  for (auto function :
       llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (function->hasAttr(attr::kLoopForms) ||
        function->hasAttr(attr::kLaunches))
      function.erase();
}

} // namespace
