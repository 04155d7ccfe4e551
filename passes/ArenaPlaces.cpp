//===- ArenaPlaces.cpp - where values between kernels lie -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lifetimes are counted in steps: one for each call, in the order of the text,
// and two for each scan, where it begins and where it ends. What a scan uses
// from outside lives until its end, since the body runs again; what it makes
// within a step lives as in straight code. What is run for each part of a batch
// has a plan of its own, whose memory is one buffer here.
//
//===----------------------------------------------------------------------===//

#include "passes/ArenaPlaces.h"

#include "passes/ArenaPacker.h"
#include "passes/EntryCalls.h"
#include "passes/OutputPlaces.h"
#include "passes/VariablePlaces.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

llvm::DenseMap<Value, Value> dlcc::getStackOf(ScanOp scan) {
  llvm::DenseMap<Value, Value> stackOf;
  for (auto [output, slice] :
       llvm::zip_equal(scan.getOutputs(), scan.getYieldedOutputs()))
    stackOf[getStorage(slice)] = output;
  return stackOf;
}

int64_t dlcc::getHomeStride(Type type) {
  return llvm::alignTo(getTensorBytes(type), kPlaceAlignment);
}

namespace {

class Planner {
public:
  explicit Planner(llvm::function_ref<bool(Value)> hasPlace)
      : hasPlace(hasPlace) {}
  ArenaPlaces plan(Block &entry);

private:
  void count(Block &block);
  void place(Block &block);
  void place(func::CallOp call);
  void place(ScanOp scan);
  void place(PartsOp parts);
  unsigned addBuffer(int64_t bytes, int64_t first, int64_t last) {
    buffers.push_back({bytes, first, last});
    return buffers.size() - 1;
  }

  llvm::function_ref<bool(Value)> hasPlace;
  int64_t steps = 0;
  llvm::DenseMap<Operation *, int64_t> begin, end;
  llvm::DenseMap<Value, int64_t> lastUse;
  std::vector<ArenaBuffer> buffers;
  llvm::DenseMap<Value, unsigned> bufferOf, homeOf;
  llvm::DenseMap<Operation *, unsigned> bufferOfPart;
  /// Yielded by a body: in a stack or in a home.
  llvm::DenseSet<Value> yielded;
};

} // namespace

/// Numbers the steps and notes which uses a value last.
void Planner::count(Block &block) {
  for (Operation &op : block) {
    if (!isStep(&op))
      continue;
    begin[&op] = steps++;
    if (auto scan = dyn_cast<ScanOp>(op)) {
      count(scan.getBlock());
      ++steps;
    }
    end[&op] = steps - 1;
    for (Value result : op.getResults())
      lastUse[result] = end[&op];
    for (Value operand : op.getOperands())
      lastUse[getStorage(operand)] = end[&op];
  }
}

void Planner::place(func::CallOp call) {
  int64_t step = begin[call];
  func::FuncOp kernel = getKernel(call);
  llvm::DenseSet<unsigned> taken;
  for (OpResult result : call.getResults()) {
    if (hasPlace(result) || yielded.contains(result))
      continue;
    for (auto [i, operand] : llvm::enumerate(call.getOperands())) {
      Value storage = getStorage(operand);
      auto found = bufferOf.find(storage);
      if (found == bufferOf.end() ||
          storage.getParentBlock() != call->getBlock())
        continue;
      unsigned number = found->second;
      ArenaBuffer &buffer = buffers[number];
      bool isReadOnce = llvm::count_if(call.getOperands(), [&](Value other) {
                          return getStorage(other) == storage;
                        }) == 1;
      if (!isReadOnce || buffer.last != step || taken.contains(number) ||
          buffer.bytes != getTensorBytes(result.getType()) ||
          !mayOverwrite(kernel, i, result.getResultNumber()))
        continue;
      taken.insert(number);
      bufferOf[result] = number;
      buffer.last = lastUse[result];
      break;
    }
    if (!bufferOf.contains(result))
      bufferOf[result] =
          addBuffer(getTensorBytes(result.getType()), step, lastUse[result]);
  }
}

void Planner::place(ScanOp scan) {
  for (Value output : scan.getOutputs())
    bufferOf[output] = addBuffer(getTensorBytes(output.getType()), begin[scan],
                                 lastUse[output]);
  llvm::DenseMap<Value, Value> stackOf = getStackOf(scan);
  for (Value value : scan.getYield().getOperands())
    yielded.insert(getStorage(value));
  for (auto [final, value] :
       llvm::zip_equal(scan.getFinals(), scan.getYieldedCarries())) {
    Value storage = getStorage(value);
    auto stack = stackOf.find(storage);
    unsigned number;
    if (stack != stackOf.end())
      number = bufferOf[stack->second];
    else if (auto home = homeOf.find(storage); home != homeOf.end())
      number = home->second;
    else
      number = homeOf[storage] = addBuffer(2 * getHomeStride(storage.getType()),
                                           begin[scan], end[scan]);
    // The last carried value is the last slice, or one of the home's places.
    buffers[number].last = std::max(buffers[number].last, lastUse[final]);
  }
  place(scan.getBlock());
}

/// What a part needs is free again when the next one begins.
void Planner::place(PartsOp parts) {
  for (Value result : parts.getResults())
    bufferOf[result] = addBuffer(getTensorBytes(result.getType()), begin[parts],
                                 lastUse[result]);
  bufferOfPart[parts] =
      addBuffer(planArena(getPart(parts)).bytes, begin[parts], end[parts]);
}

void Planner::place(Block &block) {
  for (Operation &op : block) {
    if (auto call = dyn_cast<func::CallOp>(op))
      place(call);
    else if (auto scan = dyn_cast<ScanOp>(op))
      place(scan);
    else if (auto parts = dyn_cast<PartsOp>(op))
      place(parts);
  }
}

ArenaPlaces Planner::plan(Block &entry) {
  count(entry);
  place(entry);
  ArenaPlan plan = packArena(buffers, kPlaceAlignment);
  ArenaPlaces places;
  for (auto [value, buffer] : bufferOf)
    places.offsets[value] = plan.offsets[buffer];
  for (auto [value, buffer] : homeOf)
    places.homes[value] = plan.offsets[buffer];
  for (auto [parts, buffer] : bufferOfPart)
    places.parts[parts] = plan.offsets[buffer];
  places.bytes = plan.bytes;
  places.liveBytes = largestLiveSet(buffers, kPlaceAlignment);
  return places;
}

ArenaPlaces dlcc::planArena(Block &entry,
                            llvm::function_ref<bool(Value)> hasPlace) {
  return Planner(hasPlace).plan(entry);
}

ArenaPlaces dlcc::planArena(func::FuncOp entry) {
  PlacedElsewhere elsewhere = getPlacedElsewhere(entry);
  llvm::DenseMap<Value, unsigned> outputs = getOutputPlaces(entry);
  return planArena(entry.getBody().front(), [&](Value storage) {
    return elsewhere.variables.contains(storage) || outputs.contains(storage);
  });
}

int64_t dlcc::getSpillBytes(func::FuncOp entry) {
  int64_t bytes = 0;
  for (Type type : entry.getResultTypes())
    bytes += llvm::alignTo(getTensorBytes(type), kPlaceAlignment);
  return bytes;
}

int64_t dlcc::getStepBytes(ScanOp scan) {
  llvm::DenseSet<Value> yielded;
  for (Value value : scan.getYield().getOperands())
    yielded.insert(getStorage(value));
  return planArena(scan.getBlock(),
                   [&](Value storage) { return yielded.contains(storage); })
      .bytes;
}
