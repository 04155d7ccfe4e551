//===- PlanMemory.cpp - one arena, constant offsets -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Gives every variable a place in its region and every value between kernels a
// place in the arena, and turns the module into its planned form: kernels
// write to memory they are given, entry functions are views at constant
// offsets and calls. Runs on outlined kernels after OrderUpdates.
//
// A scan becomes a loop with a constant trip count. Slices of stacked tensors
// are views that move with the step; carried values are carried as addresses,
// and a step's are written where the next one finds them: into the stacked
// output, or into the two places of a home by turns.
//
// What an output's kernel overwrites lies in the output's memory.
//
// The function for the parts of a batch becomes a loop, too, in the entry that
// runs it: arguments and results with rows are views that move with the part.
//
// All entry points share one arena. Behind what an entry needs lies room for
// the outputs that a caller leaves null.
//
//===----------------------------------------------------------------------===//

#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/ArenaPlaces.h"
#include "passes/EntryCalls.h"
#include "passes/OutputPlaces.h"
#include "passes/Passes.h"
#include "passes/VariablePlaces.h"

namespace dlcc {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace mlir;
using namespace dlcc;

namespace {

MemRefType getMemRefType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return MemRefType::get(tensor.getShape(), tensor.getElementType());
}

/// Plans one entry function.
class EntryPlanner {
public:
  EntryPlanner(func::FuncOp entry, const VariablePlaces &variables)
      : entry(entry), variables(variables), builder(entry) {}

  /// Decides the place of every value; fails on a value that OrderUpdates
  /// should have copied.
  LogicalResult plan();

  /// Bytes of the arena: what is planned, and the outputs left null.
  int64_t getArenaBytes() const { return spillOffset + spillBytes; }
  int64_t getLiveBytes() const { return arena.liveBytes + spillBytes; }

  /// Rewrites the function into its planned form.
  void rewrite(int64_t arenaBytes);

private:
  /// An address in a region: a constant and, in a scan, what depends on the
  /// step.
  struct Address {
    MemoryRegion region = Arena;
    int64_t offset = 0;
    Value moving;
  };

  LogicalResult placeVariablesAndOutputs();
  void placePart(dlc::PartsOp parts, int64_t begin);
  func::FuncOp createPlanned(int64_t arenaBytes);
  Value getMemory(Value value, Type type);
  Address getSlice(Value stack, Value step);
  void rewriteBlock(Block &block);
  void rewriteCall(func::CallOp call);
  void rewriteScan(dlc::ScanOp scan);
  void rewriteParts(dlc::PartsOp parts);
  Value multiply(Value index, int64_t factor);

  func::FuncOp entry;
  const VariablePlaces &variables;
  OpBuilder builder;
  llvm::DenseMap<Value, unsigned> outputs;  // storage -> number of the output
  llvm::DenseMap<Value, Address> addresses; // by storage
  llvm::DenseMap<Value, Value> memory;      // storage -> planned memref
  ArenaPlaces arena;
  llvm::SmallVector<Value> regions; // planned arguments
  int64_t spillOffset = 0, spillBytes = 0;
};

LogicalResult EntryPlanner::placeVariablesAndOutputs() {
  auto place = [&](Value storage, FlatSymbolRefAttr variable) {
    Place at = variables.lookup(variable);
    addresses[storage] = {at.region, at.offset, Value()};
  };
  for (auto read : entry.getOps<dlc::ReadOp>())
    place(read.getResult(), read.getVariableAttr());
  for (dlc::WriteOp write : getWrites(entry)) {
    Value storage = getStorage(write.getValue());
    if (!storage.getDefiningOp<func::CallOp>() || addresses.contains(storage))
      return write.emitOpError("stores a value that no kernel makes for it");
    place(storage, write.getVariableAttr());
  }
  Operation *end = entry.getBody().front().getTerminator();
  llvm::DenseSet<Value> returned;
  for (Value value : end->getOperands()) {
    Value storage = getStorage(value);
    if (!storage.getDefiningOp<func::CallOp>() || addresses.contains(storage) ||
        !returned.insert(storage).second)
      return end->emitOpError("returns a value that no kernel makes for it");
  }
  outputs = getOutputPlaces(entry);
  return success();
}

LogicalResult EntryPlanner::plan() {
  if (failed(placeVariablesAndOutputs()))
    return failure();
  arena = planArena(entry.getBody().front(), [&](Value storage) {
    return addresses.contains(storage) || outputs.contains(storage);
  });
  for (auto [storage, offset] : arena.offsets)
    addresses[storage] = {Arena, offset, Value()};
  for (auto parts : entry.getOps<dlc::PartsOp>())
    placePart(parts, arena.parts.lookup(parts));
  spillOffset = arena.bytes;
  spillBytes = getSpillBytes(entry);
  return success();
}

/// A part's values lie from `begin` on, and its sums where the entry reads
/// them.
void EntryPlanner::placePart(dlc::PartsOp parts, int64_t begin) {
  func::FuncOp part = getPart(parts);
  ArenaPlaces own = planArena(part);
  for (auto [storage, offset] : own.offsets)
    addresses[storage] = {Arena, begin + offset, Value()};
  for (auto [storage, offset] : own.homes)
    arena.homes[storage] = begin + offset;
  llvm::DenseMap<Attribute, Address> sums;
  for (auto [name, sum] :
       llvm::zip_equal(parts.getSums(), parts.getSumResults()))
    sums[name] = addresses.lookup(sum);
  for (auto read : part.getOps<dlc::ReadOp>()) {
    auto sum = sums.find(read.getVariableAttr());
    Place at = variables.lookup(read.getVariableAttr());
    addresses[read] =
        sum != sums.end() ? sum->second : Address{at.region, at.offset, {}};
  }
  for (dlc::WriteOp write : getWrites(part))
    addresses[getStorage(write.getValue())] =
        sums.lookup(write.getVariableAttr());
}

/// A dense memref by another shape.
Value reshape(OpBuilder &builder, Location loc, Value value, MemRefType type) {
  auto from = cast<MemRefType>(value.getType());
  if (from == type)
    return value;
  auto allDims = [](int64_t rank) {
    return SmallVector<ReassociationIndices>(
        rank == 0 ? 0 : 1, llvm::to_vector<2>(llvm::seq<int64_t>(0, rank)));
  };
  if (from.getRank() != 1 && type.getRank() != 0) {
    auto flat = MemRefType::get({from.getNumElements()}, from.getElementType());
    value =
        from.getRank() == 0
            ? memref::ExpandShapeOp::create(builder, loc, flat, value,
                                            ArrayRef<ReassociationIndices>())
                  .getResult()
            : memref::CollapseShapeOp::create(builder, loc, flat, value,
                                              allDims(from.getRank()));
    from = flat;
  }
  if (from == type)
    return value;
  if (type.getRank() == 0)
    return memref::CollapseShapeOp::create(builder, loc, type, value,
                                           ArrayRef<ReassociationIndices>());
  return memref::ExpandShapeOp::create(builder, loc, type, value,
                                       allDims(type.getRank()));
}

/// The memory of a value as a memref of `type`'s shape.
Value EntryPlanner::getMemory(Value value, Type type) {
  Value storage = getStorage(value);
  MemRefType wanted = getMemRefType(type);
  Location loc = storage.getLoc();
  if (auto known = memory.lookup(storage))
    return reshape(builder, loc, known, wanted);
  const Address &address = addresses.find(storage)->second;
  Value offset =
      arith::ConstantIndexOp::create(builder, entry.getLoc(), address.offset);
  if (address.moving)
    offset = arith::AddIOp::create(builder, loc, address.moving, offset);
  return memref::ViewOp::create(builder, loc, wanted, regions[address.region],
                                offset, ValueRange());
}

func::FuncOp EntryPlanner::createPlanned(int64_t arenaBytes) {
  unsigned numInputs = entry.getNumArguments();
  std::array<int64_t, NumRegions> bytes;
  for (int region = Weights; region != Arena; ++region)
    bytes[region] = variables.getBytes(MemoryRegion(region));
  bytes[Arena] = arenaBytes;

  SmallVector<Type> types;
  for (Type type : entry.getArgumentTypes())
    types.push_back(getMemRefType(type));
  for (Type type : entry.getResultTypes())
    types.push_back(getMemRefType(type));
  for (int64_t size : bytes)
    types.push_back(MemRefType::get({size}, builder.getI8Type()));

  auto planned =
      func::FuncOp::create(builder, entry.getLoc(), entry.getSymName(),
                           builder.getFunctionType(types, {}));
  for (NamedAttribute attribute : entry->getDiscardableAttrs())
    planned->setAttr(attribute.getName(), attribute.getValue());
  planned->setAttr(attr::kInputs, builder.getI64IntegerAttr(numInputs));
  planned->setAttr(attr::kSpillOffset, builder.getI64IntegerAttr(spillOffset));
  for (unsigned i = 0; i != numInputs; ++i)
    planned.setArgAttrs(i, entry.getArgAttrDict(i));
  for (unsigned i = 0; i != entry.getNumResults(); ++i)
    planned.setArgAttrs(numInputs + i, entry.getResultAttrDict(i));

  Block *body = planned.addEntryBlock();
  for (BlockArgument argument : entry.getArguments())
    memory[argument] = body->getArgument(argument.getArgNumber());
  for (auto [storage, number] : outputs)
    memory[storage] = body->getArgument(numInputs + number);
  llvm::append_range(regions, body->getArguments().take_back(NumRegions));
  auto name = [&](Value value, StringRef text) {
    value.setLoc(NameLoc::get(builder.getStringAttr(text), entry.getLoc()));
  };
  for (auto [region, text] : llvm::zip_equal(regions, kRegionNames))
    name(region, text);
  for (auto [i, argument] :
       llvm::enumerate(body->getArguments().drop_back(NumRegions)))
    if (auto given = planned.getArgAttrOfType<StringAttr>(i, attr::kName))
      name(argument, given);
  return planned;
}

void EntryPlanner::rewriteCall(func::CallOp call) {
  SmallVector<Value> operands;
  SmallVector<int64_t> offsets;
  for (Value operand : call.getOperands())
    operands.push_back(getMemory(operand, operand.getType()));
  for (Value result : call.getResults()) {
    operands.push_back(getMemory(result, result.getType()));
    bool isInArena =
        !memory.contains(result) && addresses.lookup(result).region == Arena;
    offsets.push_back(isInArena ? addresses.lookup(result).offset : -1);
  }
  auto planned = func::CallOp::create(builder, call.getLoc(), call.getCallee(),
                                      TypeRange(), operands);
  planned->setAttr(attr::kOffsets, builder.getDenseI64ArrayAttr(offsets));
  if (Attribute guard = call->getAttr(attr::kGuard))
    planned->setAttr(attr::kGuard, guard);
  if (call->hasAttr(attr::kRecomputed))
    planned->setAttr(attr::kRecomputed, builder.getUnitAttr());
}

Value EntryPlanner::multiply(Value index, int64_t factor) {
  return arith::MulIOp::create(
      builder, entry.getLoc(), index,
      arith::ConstantIndexOp::create(builder, entry.getLoc(), factor));
}

/// The address of slice `step` of what lies at the stack's address.
EntryPlanner::Address EntryPlanner::getSlice(Value stack, Value step) {
  Address address = addresses.find(getStorage(stack))->second;
  auto type = cast<RankedTensorType>(stack.getType());
  Value moved = multiply(step, getTensorBytes(type) / type.getDimSize(0));
  address.moving = address.moving
                       ? arith::AddIOp::create(builder, entry.getLoc(),
                                               address.moving, moved)
                             .getResult()
                       : moved;
  return address;
}

/// A loop that carries the addresses of the carried values.
void EntryPlanner::rewriteScan(dlc::ScanOp scan) {
  Location loc = scan.getLoc();
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  int64_t steps = scan.getSteps();
  SmallVector<Value> inits;
  for (Value init : scan.getInits())
    inits.push_back(getMemory(init, init.getType()));
  auto loop =
      scf::ForOp::create(builder, loc, index(0), index(steps), index(1), inits);
  OpBuilder::InsertionGuard guard(builder);
  if (inits.empty())
    builder.setInsertionPoint(loop.getBody()->getTerminator());
  else
    builder.setInsertionPointToEnd(loop.getBody());
  Value step = loop.getInductionVar();
  Value at = scan.getReverse()
                 ? arith::SubIOp::create(builder, loc, index(steps - 1), step)
                       .getResult()
                 : step;
  for (auto [input, slice] :
       llvm::zip_equal(scan.getInputs(), scan.getSlices()))
    addresses[slice] = getSlice(input, at);
  for (auto [carry, argument] :
       llvm::zip_equal(scan.getCarries(), loop.getRegionIterArgs()))
    memory[carry] = argument;
  for (auto [capture, inside] :
       llvm::zip_equal(scan.getCaptures(), scan.getCaptured())) {
    Value storage = getStorage(capture);
    if (Value known = memory.lookup(storage))
      memory[inside] = known;
    else
      addresses[inside] = Address(addresses.find(storage)->second);
  }
  for (auto [slice, output] : getStackOf(scan))
    addresses[slice] = getSlice(output, at);
  Value turn;
  for (Value next : scan.getYieldedCarries()) {
    auto home = arena.homes.find(getStorage(next));
    if (home == arena.homes.end())
      continue;
    if (!turn)
      turn = arith::RemUIOp::create(builder, loc, step, index(2));
    addresses[home->first] = {
        Arena, home->second,
        multiply(turn, getHomeStride(home->first.getType()))};
  }
  rewriteBlock(scan.getBlock());
  if (inits.empty())
    return;
  SmallVector<Value> nexts;
  for (Value next : scan.getYieldedCarries())
    nexts.push_back(getMemory(next, next.getType()));
  scf::YieldOp::create(builder, loc, nexts);
  for (auto [final, result] :
       llvm::zip_equal(scan.getFinals(), loop.getResults()))
    memory[final] = result;
}

/// A loop over the parts. What has rows moves with the part.
void EntryPlanner::rewriteParts(dlc::PartsOp parts) {
  Location loc = parts.getLoc();
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  func::FuncOp part = getPart(parts);
  auto loop = scf::ForOp::create(builder, loc, index(0),
                                 index(parts.getCount()), index(1));
  loop->setAttr(attr::kPartRows, part->getAttr(attr::kBatch));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(loop.getBody()->getTerminator());
  Value number = loop.getInductionVar();
  auto getRows = [&](Value whole, Type type) {
    Value flat = memory.lookup(getStorage(whole));
    Value moved = multiply(number, getTensorBytes(type));
    if (!flat) {
      Address address = addresses.find(getStorage(whole))->second;
      address.moving = moved;
      return std::pair(address, Value());
    }
    auto bytes =
        MemRefType::get({getTensorBytes(whole.getType())}, builder.getI8Type());
    flat = UnrealizedConversionCastOp::create(builder, loc, bytes, flat)
               .getResult(0);
    Value view = memref::ViewOp::create(builder, loc, getMemRefType(type), flat,
                                        moved, ValueRange());
    return std::pair(Address(), view);
  };
  auto put = [&](Value inside, Value whole) {
    bool hasRows = inside.getType() != whole.getType();
    Value known = memory.lookup(getStorage(whole));
    if (!hasRows && known) {
      memory[inside] = known;
    } else if (!hasRows) {
      addresses[inside] = Address(addresses.find(getStorage(whole))->second);
    } else if (auto [address, view] = getRows(whole, inside.getType()); view) {
      memory[inside] = view;
    } else {
      addresses[inside] = address;
    }
  };
  for (auto [argument, input] :
       llvm::zip_equal(part.getArguments(), parts.getInputs()))
    put(argument, input);
  for (auto [storage, number] : getOutputPlaces(part))
    addresses[storage] =
        getRows(parts.getResult(number), storage.getType()).first;
  rewriteBlock(part.getBody().front());
}

void EntryPlanner::rewriteBlock(Block &block) {
  for (Operation &op : block) {
    if (auto call = dyn_cast<func::CallOp>(op))
      rewriteCall(call);
    else if (auto scan = dyn_cast<dlc::ScanOp>(op))
      rewriteScan(scan);
    else if (auto parts = dyn_cast<dlc::PartsOp>(op))
      rewriteParts(parts);
  }
}

void EntryPlanner::rewrite(int64_t arenaBytes) {
  func::FuncOp planned = createPlanned(arenaBytes);
  builder.setInsertionPointToStart(&planned.getBody().front());
  rewriteBlock(entry.getBody().front());
  func::ReturnOp::create(builder, entry.getLoc());
  entry.erase();
}

/// Gives a kernel function memrefs: its operands, then its results.
void rewriteKernel(func::FuncOp kernel) {
  OpBuilder builder(kernel);
  Block &body = kernel.getBody().front();
  auto end = cast<func::ReturnOp>(body.getTerminator());
  Location loc = kernel.getLoc();

  builder.setInsertionPointToStart(&body);
  unsigned numOperands = body.getNumArguments();
  SmallVector<Type> types;
  for (unsigned i = 0; i != numOperands; ++i) {
    BlockArgument argument = body.getArgument(i);
    Type tensor = argument.getType();
    types.push_back(getMemRefType(tensor));
    argument.setType(types.back());
    auto value = bufferization::ToTensorOp::create(builder, loc, tensor,
                                                   argument, /*restrict=*/true);
    argument.replaceAllUsesExcept(value.getResult(), value);
  }
  builder.setInsertionPoint(end);
  for (Value result : end.getOperands()) {
    types.push_back(getMemRefType(result.getType()));
    bufferization::MaterializeInDestinationOp::create(
        builder, loc, /*result=*/Type(), result,
        body.addArgument(types.back(), loc), /*restrict=*/true,
        /*writable=*/true);
  }
  func::ReturnOp::create(builder, loc);
  end.erase();
  kernel.setFunctionType(builder.getFunctionType(types, {}));
}

class PlanMemoryPass : public dlcc::impl::PlanMemoryPassBase<PlanMemoryPass> {
  void runOnOperation() override;
};

void PlanMemoryPass::runOnOperation() {
  ModuleOp module = getOperation();
  VariablePlaces variables;
  if (failed(variables.plan(module)))
    return signalPassFailure();

  SmallVector<func::FuncOp> kernels, parts;
  std::vector<EntryPlanner> planners;
  int64_t arenaBytes = 0, liveBytes = 0, scratchBytes = 0;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!isEntry(function)) {
      kernels.push_back(function);
      if (auto scratch = function->getAttrOfType<IntegerAttr>(attr::kScratch))
        scratchBytes = std::max(scratchBytes, scratch.getInt());
      continue;
    }
    if (function->hasAttr(attr::kPart)) {
      parts.push_back(function);
      continue;
    }
    planners.emplace_back(function, variables);
    if (failed(planners.back().plan()))
      return signalPassFailure();
    arenaBytes = std::max(arenaBytes, planners.back().getArenaBytes());
    liveBytes = std::max(liveBytes, planners.back().getLiveBytes());
  }
  for (EntryPlanner &planner : planners)
    planner.rewrite(arenaBytes);
  for (func::FuncOp part : parts)
    part.erase();
  for (func::FuncOp kernel : kernels)
    rewriteKernel(kernel);
  for (auto variable :
       llvm::make_early_inc_range(module.getOps<dlc::VariableOp>()))
    variable.erase();

  Builder builder(&getContext());
  module->setAttr(attr::kVariables, variables.getDescriptions());
  auto set = [&](StringRef name, int64_t bytes) {
    module->setAttr(name, builder.getI64IntegerAttr(bytes));
  };
  set(attr::kWeightBytes, variables.getBytes(Weights));
  set(attr::kOptimizerBytes, variables.getBytes(Optimizer));
  set(attr::kStateBytes, variables.getBytes(State));
  set(attr::kArenaBytes, arenaBytes);
  set(attr::kLiveBytes, liveBytes);
  set(attr::kScratchBytes, scratchBytes);
}

} // namespace
