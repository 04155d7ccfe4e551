//===- RematerializeCalls.cpp - what runs twice to save memory ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Keeps a model within `--max-memory`. Where an entry's plan takes more, calls
// of the forward pass run again before the backward pass reads what they made
// (Rematerialization.h): the same kernels on the same values, so that no bit
// changes. Kernels are known by now, with their buffers and scratch, and so is
// what a plan takes: each schedule is planned before it is believed.
//
// A variable is updated once. A kernel that does so beside other work, as that
// of a batch normalisation does with its running mean, may run again for the
// other work: what it would store in the variable is then left in the arena,
// and that it reads a variable that has been updated does not matter as long as
// only such results depend on it. No other kernel runs behind the update of a
// variable that it reads.
//
//===----------------------------------------------------------------------===//

#include "ir/Target.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "passes/ArenaPlaces.h"
#include "passes/BatchRows.h"
#include "passes/EntryCalls.h"
#include "passes/Passes.h"
#include "passes/Phase.h"
#include "passes/Rematerialization.h"
#include "passes/SplitBatch.h"
#include "passes/VariablePlaces.h"

namespace dlcc {
#define GEN_PASS_DEF_REMATERIALIZECALLSPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

/// A machine makes some ten operations in the time in which it moves a byte.
static constexpr int64_t kOperationsOfByte = 10;

static int64_t getNumber(Operation *op, StringRef name) {
  auto number = op->getAttrOfType<IntegerAttr>(name);
  return number ? number.getInt() : 0;
}

static int64_t countWork(Operation *step) {
  if (auto call = dyn_cast<func::CallOp>(step)) {
    func::FuncOp kernel = getKernel(call);
    return getNumber(kernel, attr::kFlops) +
           kOperationsOfByte * getNumber(kernel, attr::kBytes);
  }
  auto sum = [](Block &block) {
    int64_t work = 0;
    for (Operation &op : block)
      if (isStep(&op))
        work += countWork(&op);
    return work;
  };
  if (auto parts = dyn_cast<PartsOp>(step))
    return parts.getCount() * sum(getPart(parts).getBody().front());
  auto scan = cast<ScanOp>(step);
  return scan.getSteps() * sum(scan.getBlock());
}

/// The arguments of a kernel that its result depends on.
static llvm::SmallDenseSet<unsigned> getArgumentsOf(func::FuncOp kernel,
                                                    unsigned result) {
  Block &body = kernel.getBody().front();
  SmallVector<Value> open = {body.getTerminator()->getOperand(result)};
  llvm::DenseSet<Operation *> seen;
  llvm::SmallDenseSet<unsigned> arguments;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      if (argument.getOwner() == &body)
        arguments.insert(argument.getArgNumber());
      continue;
    }
    if (seen.insert(value.getDefiningOp()).second)
      value.getDefiningOp()->walk(
          [&](Operation *op) { llvm::append_range(open, op->getOperands()); });
  }
  return arguments;
}

namespace {

/// The calls and scans of an entry as a program of steps, and back.
class EntrySteps {
public:
  explicit EntrySteps(func::FuncOp entry);

  const RematerializationProgram &getProgram() const { return program; }

  /// Rewrites the entry to run by the schedule.
  void apply(ArrayRef<int> schedule);

private:
  void addStep(Operation *op);
  void addBarriers();
  void addInPlacePairs(func::CallOp call, RematerializationStep &step);
  int addValue(Value value, int64_t bytes);
  Value resolve(OpBuilder &builder, Value value);

  func::FuncOp entry;
  PlacedElsewhere elsewhere;
  RematerializationProgram program;
  llvm::DenseMap<Value, int> numbers; ///< of values, by storage
  std::vector<Operation *> ops;       ///< of steps
  /// By the storage that a step made first: what made it last.
  llvm::DenseMap<Value, Value> latest;
};

} // namespace

EntrySteps::EntrySteps(func::FuncOp entry)
    : entry(entry), elsewhere(getPlacedElsewhere(entry)) {
  for (Operation &op : entry.getBody().front())
    if (isStep(&op))
      addStep(&op);
  addBarriers();
}

/// Says of each step behind which others it may not run.
void EntrySteps::addBarriers() {
  llvm::DenseMap<Attribute, int> writers;
  for (WriteOp write : getWrites(entry))
    writers[write.getVariableAttr()] =
        llvm::find(ops, getProducer(write.getValue())) - ops.begin();
  for (auto [op, step] : llvm::zip_equal(ops, program.steps)) {
    auto call = dyn_cast<func::CallOp>(op);
    llvm::SmallDenseSet<unsigned> needed;
    for (OpResult result : op->getResults())
      if (call && !elsewhere.variables.contains(result))
        for (unsigned i :
             getArgumentsOf(getKernel(call), result.getResultNumber()))
          needed.insert(i);
    for (OpOperand &operand : op->getOpOperands()) {
      auto read = getStorage(operand.get()).getDefiningOp<ReadOp>();
      if (!read || (call && !needed.contains(operand.getOperandNumber())))
        continue;
      if (auto writer = writers.find(read.getVariableAttr());
          writer != writers.end())
        step.barriers.push_back(writer->second);
    }
  }
}

int EntrySteps::addValue(Value value, int64_t bytes) {
  int number = program.values.size();
  numbers[value] = number;
  program.values.push_back({int64_t(llvm::alignTo(bytes, kPlaceAlignment)),
                            elsewhere.outputs.contains(value)});
  return number;
}

/// The pairs that the memory plan would let share a place (ArenaPlaces.cpp).
void EntrySteps::addInPlacePairs(func::CallOp call,
                                 RematerializationStep &step) {
  func::FuncOp kernel = getKernel(call);
  for (OpResult result : call.getResults())
    for (auto [i, operand] : llvm::enumerate(call.getOperands())) {
      Value storage = getStorage(operand);
      auto from = numbers.find(storage), into = numbers.find(result);
      bool isReadOnce = llvm::count_if(call.getOperands(), [&](Value other) {
                          return getStorage(other) == storage;
                        }) == 1;
      if (from != numbers.end() && into != numbers.end() && isReadOnce &&
          mayOverwrite(kernel, i, result.getResultNumber()))
        step.inPlace.push_back({from->second, into->second});
    }
}

void EntrySteps::addStep(Operation *op) {
  RematerializationStep step;
  for (Value operand : op->getOperands())
    if (auto found = numbers.find(getStorage(operand));
        found != numbers.end() &&
        !llvm::is_contained(step.reads, found->second))
      step.reads.push_back(found->second);
  step.work = countWork(op);
  step.isRepeatable = !op->hasAttr(attr::kGuard) && !isa<PartsOp>(op);
  for (Value result : op->getResults()) {
    bool isVariable = elsewhere.variables.contains(result);
    step.isNeeded |= isVariable || elsewhere.outputs.contains(result);
  }
  if (auto scan = dyn_cast<ScanOp>(op)) {
    llvm::DenseMap<Value, Value> stackOf = getStackOf(scan);
    for (Value output : scan.getOutputs())
      step.writes.push_back(addValue(output, getTensorBytes(output.getType())));
    // A last carried value lies in the stack or in a home of two places.
    for (auto [final, next] :
         llvm::zip_equal(scan.getFinals(), scan.getYieldedCarries())) {
      if (auto stack = stackOf.find(getStorage(next)); stack != stackOf.end())
        numbers[final] = numbers.lookup(stack->second);
      else
        step.writes.push_back(
            addValue(final, 2 * getHomeStride(final.getType())));
    }
    step.ownBytes = getStepBytes(scan);
  } else {
    if (auto parts = dyn_cast<PartsOp>(op))
      step.ownBytes = planArena(getPart(parts)).bytes;
    for (Value result : op->getResults())
      if (!elsewhere.variables.contains(result))
        step.writes.push_back(
            addValue(result, getTensorBytes(result.getType())));
    if (auto call = dyn_cast<func::CallOp>(op))
      addInPlacePairs(call, step);
  }
  ops.push_back(op);
  program.steps.push_back(std::move(step));
}

/// The value as it was made last; a view of it is made anew.
Value EntrySteps::resolve(OpBuilder &builder, Value value) {
  Value storage = getStorage(value);
  if (storage == value)
    return latest.contains(value) ? latest.lookup(value) : value;
  Operation *view = value.getDefiningOp();
  IRMapping mapping;
  mapping.map(view->getOperand(0), resolve(builder, view->getOperand(0)));
  return builder.clone(*view, mapping)->getResult(0);
}

void EntrySteps::apply(ArrayRef<int> schedule) {
  Block &block = entry.getBody().front();
  SmallVector<Operation *> views,
      ends(llvm::map_range(getWrites(entry), [](WriteOp op) { return op; }));
  ends.push_back(block.getTerminator());
  for (Operation &op : block)
    if (op.getNumResults() == 1 &&
        getStorage(op.getResult(0)) != op.getResult(0))
      views.push_back(&op);
  // Operands as they were: those of a step change when it moves.
  std::vector<SmallVector<Value>> operands;
  for (Operation *op : ops)
    operands.push_back(llvm::to_vector(op->getOperands()));

  OpBuilder builder(ends.front());
  llvm::DenseSet<int> hasRun;
  for (int number : schedule) {
    Operation *op = ops[number];
    SmallVector<Value> resolved;
    for (Value operand : operands[number])
      resolved.push_back(resolve(builder, operand));
    Operation *again = op;
    if (hasRun.insert(number).second) {
      op->moveBefore(ends.front());
    } else {
      again = builder.clone(*op);
      again->walk([&](func::CallOp call) {
        call->setAttr(attr::kRecomputed, builder.getUnitAttr());
      });
    }
    again->setOperands(resolved);
    for (auto [first, result] :
         llvm::zip_equal(op->getResults(), again->getResults()))
      latest[first] = result;
  }
  for (Operation *end : ends) {
    builder.setInsertionPoint(end);
    // What is stored or returned is what was made first.
    latest.clear();
    for (OpOperand &operand : end->getOpOperands())
      operand.set(resolve(builder, operand.get()));
  }
  for (Operation *view : llvm::reverse(views))
    view->erase();
}

//===----------------------------------------------------------------------===//
// The search for a plan that fits
//===----------------------------------------------------------------------===//

namespace {

/// One entry and the plans that it could have.
class EntryFitter {
public:
  /// `spillBytes` are those of the arena beside the plan.
  EntryFitter(func::FuncOp entry, int64_t spillBytes)
      : entry(entry), program(EntrySteps(entry).getProgram()),
        spillBytes(spillBytes) {}

  /// Makes the entry's arena take `budget` bytes at most, if it can be.
  bool fit(int64_t budget);

  /// Where that failed: the smallest arena, and the call or scan at which most
  /// lives then.
  int64_t getSmallest() const { return smallest; }
  Operation *getFullest() const { return fullest; }

private:
  int64_t plan(ArrayRef<int> schedule);
  bool aimAt(int64_t budget, Schedule &schedule);
  bool descendTo(int64_t budget, Schedule &schedule);

  func::FuncOp entry;
  RematerializationProgram program;
  int64_t spillBytes, smallest = 0;
  Operation *fullest = nullptr;
};

} // namespace

/// Bytes of the arena for a schedule.
int64_t EntryFitter::plan(ArrayRef<int> schedule) {
  OpBuilder builder(entry);
  func::FuncOp trial = entry.clone();
  builder.insert(trial);
  EntrySteps(trial).apply(schedule);
  int64_t bytes = planArena(trial).bytes + spillBytes;
  trial.erase();
  return bytes;
}

/// The least work that leads to the budget itself. What gaps between buffers
/// take is subtracted from the target.
bool EntryFitter::aimAt(int64_t budget, Schedule &schedule) {
  constexpr int kTries = 8;
  int64_t target = budget - spillBytes;
  for (int i = 0; i != kTries && target > 0; ++i) {
    if (!rematerialize(program, target, schedule))
      return false;
    int64_t bytes = plan(schedule);
    if (bytes <= budget)
      return true;
    target -= std::max(bytes - budget, target / 64);
  }
  return false;
}

/// Through ever smaller plans, which are the same for every budget: so the
/// smallest is one that a second call will find.
bool EntryFitter::descendTo(int64_t budget, Schedule &schedule) {
  int64_t last = std::numeric_limits<int64_t>::max();
  smallest = last;
  while (true) {
    int64_t bytes = plan(schedule);
    std::vector<int64_t> live = countLiveBytes(program, schedule);
    auto most = llvm::max_element(live);
    if (bytes < smallest) {
      smallest = bytes;
      auto ops = llvm::make_filter_range(
          entry.getBody().front(), [](Operation &op) { return isStep(&op); });
      fullest = &*std::next(ops.begin(), schedule[most - live.begin()]);
    }
    if (bytes <= budget)
      return true;
    if (*most >= last)
      return false;
    last = *most;
    rematerialize(program, last - last / 16 - 1, schedule);
  }
}

bool EntryFitter::fit(int64_t budget) {
  Schedule schedule = makeSchedule(program);
  if (!aimAt(budget, schedule)) {
    schedule = makeSchedule(program);
    if (!descendTo(budget, schedule))
      return false;
  }
  EntrySteps(entry).apply(schedule);
  return true;
}

namespace {

class RematerializeCallsPass
    : public dlcc::impl::RematerializeCallsPassBase<RematerializeCallsPass> {
public:
  using RematerializeCallsPassBase::RematerializeCallsPassBase;

private:
  void runOnOperation() override;
  bool fit(func::FuncOp entry, int64_t budget);
  void refuse(int64_t fixedBytes);

  /// The largest of the smallest arenas that are too large, and the step at
  /// which most lives then.
  int64_t smallest = 0;
  Operation *fullest = nullptr;
};

} // namespace

/// Where an entry goes through its batch in parts, what a part makes may be
/// made again within it.
bool RematerializeCallsPass::fit(func::FuncOp entry, int64_t budget) {
  int64_t spillBytes = getSpillBytes(entry);
  int64_t bytes = planArena(entry).bytes + spillBytes;
  if (bytes <= budget)
    return true;
  auto parts = entry.getOps<PartsOp>();
  func::FuncOp body = parts.empty() ? entry : getPart(*parts.begin());
  int64_t others = parts.empty() ? 0 : bytes - planArena(body).bytes;
  EntryFitter fitter(body, parts.empty() ? spillBytes : 0);
  if (fitter.fit(budget - others))
    return true;
  entry->setAttr(kTooLarge, UnitAttr::get(&getContext()));
  if (others + fitter.getSmallest() > smallest) {
    smallest = others + fitter.getSmallest();
    fullest = fitter.getFullest();
  }
  return false;
}

void RematerializeCallsPass::refuse(int64_t fixedBytes) {
  ModuleOp module = getOperation();
  Location place = fullest ? withoutPhase(fullest->getLoc()) : module.getLoc();
  InFlightDiagnostic error = emitError(place);
  error << "model '"
        << module->getAttrOfType<StringAttr>(attr::kModel).getValue()
        << "' does not fit into --max-memory=" << maxMemory.getValue()
        << "; the least that "
        // Other numbers of parts may take less.
        << (llvm::any_of(module.getOps<func::FuncOp>(),
                         [](func::FuncOp entry) {
                           return getNumber(entry, attr::kParts) > 1;
                         })
                ? "was found"
                : "is possible")
        << ", with what can be computed again";
  bool hasWholeRows = false;
  for (auto entry : module.getOps<func::FuncOp>()) {
    int64_t parts = getNumber(entry, attr::kParts);
    if (parts > 1)
      error << " and the batch of '" << entry.getSymName() << "' in " << parts
            << " parts";
    hasWholeRows |= entry->hasAttr(kTooLarge) && parts < getBatch(entry);
  }
  error << ", is " << fixedBytes + smallest << " bytes: " << fixedBytes
        << " for variables and the scratch of " << threads.getValue()
        << (threads == 1 ? " thread" : " threads") << ", " << smallest
        << " for the arena";
  if (auto call = dyn_cast_if_present<func::CallOp>(fullest))
    error
        << ", of which '"
        << getKernel(call)->getAttrOfType<StringAttr>(attr::kKernel).getValue()
        << "' needs most";
  if (hasWholeRows)
    error.attachNote() << "a smaller --batch takes less";
}

void RematerializeCallsPass::runOnOperation() {
  ModuleOp module = getOperation();
  VariablePlaces variables;
  if (failed(variables.plan(module)))
    return signalPassFailure();
  int64_t fixedBytes = variables.getBytes(Weights) +
                       variables.getBytes(MemoryRegion::Optimizer) +
                       variables.getBytes(State);
  int64_t scratchBytes = 0, arenaBytes = 0;
  SmallVector<func::FuncOp> entries;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!isEntry(function))
      scratchBytes =
          std::max(scratchBytes, getNumber(function, attr::kScratch));
    // A part's memory is the entry's that runs it.
    else if (!function->hasAttr(attr::kPart))
      entries.push_back(function);
  }
  for (func::FuncOp entry : entries)
    arenaBytes =
        std::max(arenaBytes, planArena(entry).bytes + getSpillBytes(entry));
  fixedBytes += threads * scratchBytes;
  int64_t budget = maxMemory - fixedBytes;
  if (arenaBytes <= budget)
    return;
  OpBuilder builder(module);
  if (!module->hasAttr(attr::kUnlimitedArenaBytes))
    module->setAttr(attr::kUnlimitedArenaBytes,
                    builder.getI64IntegerAttr(arenaBytes));
  bool fitsAll = true;
  for (func::FuncOp entry : entries)
    fitsAll &= fit(entry, budget);
  if (fitsAll)
    return;
  module->setAttr(kLeastBytes,
                  builder.getI64IntegerAttr(fixedBytes + smallest));
  refuse(fixedBytes);
  signalPassFailure();
}
