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
// Values that live at different times share memory; a kernel's result takes
// the place of an operand that dies there where the kernel may overwrite it.
// All entry points share one arena. Behind what an entry needs lies room for
// the outputs that a caller leaves null.
//
//===----------------------------------------------------------------------===//

#include "dlcc/abi.h"
#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/ArenaPacker.h"
#include "passes/EntryCalls.h"
#include "passes/Passes.h"
#include "llvm/ADT/MapVector.h"

#include <cstddef>

namespace dlcc {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace mlir;
using namespace dlcc;

namespace {

/// The memory regions of a model, as the last arguments of planned entries.
enum Region { Weights, Optimizer, State, Control, Arena, NumRegions };
constexpr std::array<llvm::StringLiteral, NumRegions> kRegionNames = {
    "weights", "optimizer", "state", "control", "arena"};

/// Places of buffers in the arena, and of outputs left null.
constexpr int64_t kArenaAlignment = 64;

int64_t getBytes(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.getNumElements() *
         llvm::divideCeil(tensor.getElementTypeBitWidth(), 8);
}

MemRefType getMemRefType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return MemRefType::get(tensor.getShape(), tensor.getElementType());
}

Region getRegion(dlc::VariableKind kind) {
  switch (kind) {
  case dlc::VariableKind::Parameter:
  case dlc::VariableKind::Buffer:
    return Weights;
  case dlc::VariableKind::Slot:
    return Optimizer;
  case dlc::VariableKind::State:
    return State;
  case dlc::VariableKind::Control:
    return Control;
  }
  llvm_unreachable("unknown kind of variable");
}

/// Where the runtime keeps a control variable; -1 for an unknown name.
int64_t getControlOffset(StringRef name) {
  return llvm::StringSwitch<int64_t>(name)
      .Case("$rows", offsetof(dlcc_control, rows))
      .Case("$step", offsetof(dlcc_control, step))
      .Case("$steps_per_epoch", offsetof(dlcc_control, steps_per_epoch))
      .Case("$seed", offsetof(dlcc_control, seed))
      .Case("$learning_rate_scale", offsetof(dlcc_control, learning_rate_scale))
      .Default(-1);
}

struct Place {
  Region region = Arena;
  int64_t offset = 0;
};

/// The places of all variables and the sizes of their regions.
class VariablePlaces {
public:
  LogicalResult plan(ModuleOp module);
  Place lookup(FlatSymbolRefAttr name) const { return places.lookup(name); }
  int64_t getBytes(Region region) const { return bytes[region]; }
  ArrayAttr getDescriptions() const { return descriptions; }

private:
  llvm::DenseMap<Attribute, Place> places;
  std::array<int64_t, NumRegions> bytes = {};
  ArrayAttr descriptions;
};

/// Without gaps, since a region's size is what users see as the size of the
/// weights. Tensors of a multiple of 64 bytes come first and stay aligned to
/// that; the others follow by the size of their elements.
LogicalResult VariablePlaces::plan(ModuleOp module) {
  SmallVector<dlc::VariableOp> variables =
      llvm::to_vector(module.getOps<dlc::VariableOp>());
  SmallVector<dlc::VariableOp> byAlignment = variables;
  llvm::stable_sort(byAlignment, [](dlc::VariableOp a, dlc::VariableOp b) {
    auto rank = [](dlc::VariableOp variable) {
      if (::getBytes(variable.getType()) % kArenaAlignment == 0)
        return kArenaAlignment;
      auto type = cast<RankedTensorType>(variable.getType());
      return int64_t(llvm::divideCeil(type.getElementTypeBitWidth(), 8));
    };
    return rank(a) > rank(b);
  });
  for (dlc::VariableOp variable : byAlignment) {
    Region region = getRegion(variable.getKind());
    int64_t offset = bytes[region];
    if (region == Control) {
      offset = getControlOffset(variable.getSymName());
      if (offset < 0)
        return variable.emitOpError("is no control variable of the runtime");
    } else {
      bytes[region] += ::getBytes(variable.getType());
    }
    places[FlatSymbolRefAttr::get(variable.getSymNameAttr())] = {region,
                                                                 offset};
  }
  bytes[Control] = sizeof(dlcc_control);

  Builder builder(module.getContext());
  SmallVector<Attribute> list;
  for (dlc::VariableOp variable : variables) {
    if (variable.getKind() == dlc::VariableKind::Control)
      continue;
    Place place = places[FlatSymbolRefAttr::get(variable.getSymNameAttr())];
    NamedAttrList entry;
    entry.append("name", variable.getSymNameAttr());
    entry.append("kind", variable.getKindAttr());
    entry.append("type", TypeAttr::get(getNamedType(variable)));
    if (variable.getTrainable())
      entry.append("trainable", builder.getUnitAttr());
    entry.append("offset", builder.getI64IntegerAttr(place.offset));
    entry.append("bytes",
                 builder.getI64IntegerAttr(::getBytes(variable.getType())));
    list.push_back(entry.getDictionary(module.getContext()));
  }
  descriptions = builder.getArrayAttr(list);
  return success();
}

/// Plans one entry function.
class EntryPlanner {
public:
  EntryPlanner(func::FuncOp entry, const VariablePlaces &variables)
      : entry(entry), variables(variables) {}

  /// Decides the place of every value; fails on a value that OrderUpdates
  /// should have copied.
  LogicalResult plan();

  /// Bytes of the arena: what is planned, and the outputs left null.
  int64_t getArenaBytes() const { return spillOffset + spillBytes; }

  /// Rewrites the function into its planned form.
  void rewrite(int64_t arenaBytes);

private:
  LogicalResult placeVariablesAndOutputs();
  void placeInArena();
  Value getMemory(OpBuilder &builder, Value value, Type type);

  func::FuncOp entry;
  const VariablePlaces &variables;
  llvm::DenseMap<Value, Place> places;     // by storage
  llvm::DenseMap<Value, unsigned> outputs; // storage -> number of the output
  llvm::DenseMap<Value, Value> memory;     // argument -> planned argument
  llvm::SmallVector<Value> regions;        // planned arguments
  int64_t spillOffset = 0, spillBytes = 0;
};

LogicalResult EntryPlanner::placeVariablesAndOutputs() {
  for (auto read : entry.getOps<dlc::ReadOp>())
    places[read.getResult()] = variables.lookup(read.getVariableAttr());
  for (dlc::WriteOp write : getWrites(entry)) {
    Value storage = getStorage(write.getValue());
    if (!getProducer(storage) || places.contains(storage))
      return write.emitOpError("stores a value that no kernel makes for it");
    places[storage] = variables.lookup(write.getVariableAttr());
  }
  Operation *end = entry.getBody().front().getTerminator();
  for (OpOperand &operand : end->getOpOperands()) {
    Value storage = getStorage(operand.get());
    if (!getProducer(storage) || places.contains(storage) ||
        !outputs.insert({storage, operand.getOperandNumber()}).second)
      return end->emitOpError("returns a value that no kernel makes for it");
  }
  return success();
}

/// Lifetimes are counted in calls. A result shares the buffer of an operand
/// that dies at its call where the kernel may overwrite it.
void EntryPlanner::placeInArena() {
  SmallVector<func::CallOp> calls = getCalls(entry);
  llvm::DenseMap<Value, int64_t> lastUse;
  for (auto [step, call] : llvm::enumerate(calls)) {
    for (Value result : call.getResults())
      lastUse[result] = step;
    for (Value operand : call.getOperands())
      lastUse[getStorage(operand)] = step;
  }

  SmallVector<ArenaBuffer> buffers;
  llvm::DenseMap<Value, unsigned> bufferOf;
  auto inArena = [&](Value storage) {
    return storage.getDefiningOp<func::CallOp>() && !places.contains(storage) &&
           !outputs.contains(storage);
  };
  for (auto [step, call] : llvm::enumerate(calls)) {
    func::FuncOp kernel = getKernel(call);
    llvm::DenseSet<unsigned> taken;
    for (OpResult result : call.getResults()) {
      if (!inArena(result))
        continue;
      for (auto [i, operand] : llvm::enumerate(call.getOperands())) {
        Value storage = getStorage(operand);
        if (!inArena(storage) || storage != operand ||
            lastUse[storage] != int64_t(step) ||
            llvm::count_if(call.getOperands(), [&](Value other) {
              return getStorage(other) == storage;
            }) != 1)
          continue;
        unsigned buffer = bufferOf[storage];
        if (buffers[buffer].bytes != getBytes(result.getType()) ||
            taken.contains(buffer) ||
            !mayOverwrite(kernel, i, result.getResultNumber()))
          continue;
        taken.insert(buffer);
        bufferOf[result] = buffer;
        buffers[buffer].last = lastUse[result];
        break;
      }
      if (bufferOf.contains(result))
        continue;
      bufferOf[result] = buffers.size();
      buffers.push_back(
          {getBytes(result.getType()), int64_t(step), lastUse[result]});
    }
  }

  ArenaPlan plan = packArena(buffers, kArenaAlignment);
  for (auto [value, buffer] : bufferOf)
    places[value] = {Arena, plan.offsets[buffer]};
  spillOffset = plan.bytes;
  for (Type type : entry.getResultTypes())
    spillBytes += llvm::alignTo(getBytes(type), kArenaAlignment);
}

LogicalResult EntryPlanner::plan() {
  if (failed(placeVariablesAndOutputs()))
    return failure();
  placeInArena();
  return success();
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
Value EntryPlanner::getMemory(OpBuilder &builder, Value value, Type type) {
  Value storage = getStorage(value);
  MemRefType wanted = getMemRefType(type);
  Location loc = storage.getLoc();
  if (auto argument = memory.lookup(storage))
    return reshape(builder, loc, argument, wanted);
  Place place = places.lookup(storage);
  Value offset =
      arith::ConstantIndexOp::create(builder, entry.getLoc(), place.offset);
  return memref::ViewOp::create(builder, loc, wanted, regions[place.region],
                                offset, ValueRange());
}

void EntryPlanner::rewrite(int64_t arenaBytes) {
  OpBuilder builder(entry);
  unsigned numInputs = entry.getNumArguments();
  std::array<int64_t, NumRegions> bytes;
  for (int region = Weights; region != Arena; ++region)
    bytes[region] = variables.getBytes(Region(region));
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
  builder.setInsertionPointToStart(body);
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

  for (func::CallOp call : getCalls(entry)) {
    SmallVector<Value> operands;
    SmallVector<int64_t> offsets;
    for (Value operand : call.getOperands())
      operands.push_back(getMemory(builder, operand, operand.getType()));
    for (Value result : call.getResults()) {
      operands.push_back(getMemory(builder, result, result.getType()));
      bool arena =
          !memory.contains(result) && places.lookup(result).region == Arena;
      offsets.push_back(arena ? places.lookup(result).offset : -1);
    }
    auto planned = func::CallOp::create(
        builder, call.getLoc(), call.getCallee(), TypeRange(), operands);
    planned->setAttr(attr::kOffsets, builder.getDenseI64ArrayAttr(offsets));
    if (Attribute guard = call->getAttr(attr::kGuard))
      planned->setAttr(attr::kGuard, guard);
  }
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

  SmallVector<func::FuncOp> kernels;
  SmallVector<EntryPlanner> planners;
  int64_t arenaBytes = 0, scratchBytes = 0;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!isEntry(function)) {
      kernels.push_back(function);
      if (auto scratch = function->getAttrOfType<IntegerAttr>(attr::kScratch))
        scratchBytes = std::max(scratchBytes, scratch.getInt());
      continue;
    }
    planners.emplace_back(function, variables);
    if (failed(planners.back().plan()))
      return signalPassFailure();
    arenaBytes = std::max(arenaBytes, planners.back().getArenaBytes());
  }
  for (EntryPlanner &planner : planners)
    planner.rewrite(arenaBytes);
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
  set(attr::kScratchBytes, scratchBytes);
}

} // namespace
