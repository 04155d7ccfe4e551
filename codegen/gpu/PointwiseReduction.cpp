//===- PointwiseReduction.cpp - reductions that threads share -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A thread's part of a reduction is one chain (four, where it takes four
// elements at a time: these are added at its end, the first with the third and
// the second with the fourth, then both). A team combines its threads' parts by
// halves: in a warp by shuffles, whose halves differ in the thread's highest
// bit first; the parts of warps, by shuffles too, after a way through shared
// memory; parts that lie apart, in the order of the threads. The order depends
// on shapes and the chip only.
//
//===----------------------------------------------------------------------===//

#include "codegen/BodyEmitter.h"
#include "codegen/Combiner.h"
#include "codegen/StorageType.h"
#include "codegen/gpu/PointwiseKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::gpu;

static bool isArgReduce(const Stage &stage) {
  return linalg::GenericOp(stage.op)->hasAttr(attr::kArgReduce);
}

/// Whether several chains make the result, so that each begins with what
/// changes nothing.
bool PointwiseKernel::isShared(const Stage &stage) const {
  return plan.team > 1 || plan.isSplit(stage) ||
         plan.vectorPosition(stage, stage.rank()) >= 0;
}

void PointwiseKernel::reduceLevel(int64_t level) {
  bool isHere = part.kind == LaunchPart::Reductions && part.level == level;
  SmallVector<std::pair<Space, SmallVector<int64_t>>> groups;
  for (auto [number, stage] : llvm::enumerate(plan.stages)) {
    if (!stage.used || !stage.reduces() || stage.level != level ||
        stage.firstReduction != plan.parallelDims)
      continue;
    // What an earlier launch has made lies in the workspace.
    if (plan.isSplit(stage) != isHere) {
      if (plan.isSplit(stage))
        reduced[number] = combineParts(stage);
      // Nobody asks for the others of the last level.
      if (plan.isSplit(stage) || isHere)
        continue;
    }
    Space space = spaceOf(stage, stage.rank());
    auto *group = llvm::find_if(
        groups, [&](const auto &other) { return other.first == space; });
    if (group == groups.end())
      group = groups.insert(groups.end(), {space, {}});
    group->second.push_back(number);
  }
  for (auto &[space, numbers] : groups) {
    Values init;
    for (int64_t number : numbers) {
      const Stage &stage = plan.stages[number];
      Values first =
          startReduction(stage, stage.coordinates(), isShared(stage));
      if (failed)
        return;
      for (Value value : first)
        init.push_back(
            p.splat(value, space.vectorPosition >= 0 ? kLanes : plan.lanes));
    }
    Values result = forSpace(
        space, isHere, init, [&, &members = numbers](ValueRange carried) {
          Values next;
          size_t at = 0;
          for (int64_t number : members) {
            const Stage &stage = plan.stages[number];
            unsigned count = stage.op->getNumResults();
            Values own(carried.slice(at, count));
            at += count;
            for (Value value : evaluateHere(stage, stage.coordinates(), own))
              next.push_back(p.splat(value, lanes));
          }
          return failed ? Values(carried) : next;
        });
    size_t at = 0;
    for (int64_t number : numbers) {
      const Stage &stage = plan.stages[number];
      unsigned count = stage.op->getNumResults();
      Values own(ArrayRef(result).slice(at, count));
      at += count;
      if (isHere)
        storeParts(stage, combineTeam(stage, combineLanes(stage, own)));
      else
        reduced[number] = isShared(stage) ? finishReduction(stage, own) : own;
    }
  }
}

PointwiseKernel::Values
PointwiseKernel::startReduction(const Stage &stage,
                                const Coordinates &coordinates, bool isShared) {
  linalg::GenericOp op = stage.op;
  Values result;
  for (OpOperand &init : op.getDpsInitsMutable()) {
    unsigned number = init.getOperandNumber() - op.getNumDpsInputs();
    if (!isShared || isArgReduce(stage)) {
      Value first = operandValue(stage, init, coordinates);
      if (!first) {
        op.emitOpError("reduces without an initial value");
        return fail();
      }
      result.push_back(first);
      continue;
    }
    Operation *combiner = findCombiner(op, number);
    TypedAttr neutral = combiner ? neutralElement(*p, combiner) : TypedAttr();
    if (!neutral) {
      op.emitOpError("is not a reduction that kernels know");
      return fail();
    }
    result.push_back(arith::ConstantOp::create(*p, neutral));
  }
  return result;
}

/// Two partial results into one. Of an extreme with its index the body says
/// which is preferred; it prefers its accumulator where both are equally good,
/// so it is asked twice, and of different answers the smaller index is right.
PointwiseKernel::Values PointwiseKernel::combineTwo(const Stage &stage,
                                                    const Values &first,
                                                    const Values &second) {
  linalg::GenericOp op = stage.op;
  if (!isArgReduce(stage)) {
    Values result;
    for (auto [number, pair] : llvm::enumerate(llvm::zip_equal(first, second)))
      result.push_back(combine(*p, findCombiner(op, number), std::get<0>(pair),
                               std::get<1>(pair)));
    return result;
  }
  auto ask = [&](const Values &candidate, const Values &best) {
    // The first input is searched; another only gives loops their extents.
    Values arguments(op.getNumDpsInputs());
    if (!arguments.empty())
      arguments.front() = candidate[0];
    llvm::append_range(arguments, best);
    return BodyEmitter(*p, /*indexBits=*/32)
        .emit(
            op, arguments, [&](int64_t) { return candidate[1]; },
            [](tensor::ExtractOp, ArrayRef<Value>) { return Value(); });
  };
  auto one = ask(second, first), other = ask(first, second);
  if (mlir::failed(one) || mlir::failed(other))
    return fail();
  Value earlier = arith::CmpIOp::create(*p, arith::CmpIPredicate::sle,
                                        (*one)[1], (*other)[1]);
  return {p.select(earlier, (*one)[0], (*other)[0]),
          p.select(earlier, (*one)[1], (*other)[1])};
}

PointwiseKernel::Values PointwiseKernel::combineLanes(const Stage &stage,
                                                      Values partial) {
  if (plan.vectorPosition(stage, stage.rank()) < 0)
    return partial;
  auto lane = [&](int64_t number) {
    return llvm::map_to_vector(
        partial, [&](Value value) { return p.lane(value, number); });
  };
  return combineTwo(stage, combineTwo(stage, lane(0), lane(2)),
                    combineTwo(stage, lane(1), lane(3)));
}

PointwiseKernel::Values PointwiseKernel::combineByShuffles(const Stage &stage,
                                                           Values partial,
                                                           int64_t width) {
  for (int64_t mask = width / 2; mask > 0; mask /= 2) {
    Values other = llvm::map_to_vector(
        partial, [&](Value value) { return p.shuffleXor(value, mask); });
    partial = combineTwo(stage, partial, other);
  }
  // Whatever was read for the sums may be overwritten from here on.
  p.syncWarp();
  return partial;
}

/// Through shared memory: each part has its place, and every thread gets what
/// those of its team are together.
PointwiseKernel::Values PointwiseKernel::combineInShared(const Stage &stage,
                                                         Values partial) {
  int64_t parts = plan.alongRows ? plan.team / kWarp : plan.team;
  int64_t width = std::max<int64_t>(1, plan.lanes);
  Value part = plan.alongRows ? p.div(member, kWarp) : member;
  // [parts][points][width]
  Value column = p.mul(teamOfBlock, width);
  Values places;
  for (Value value : partial) {
    Type type = getElementTypeOrSelf(value);
    int64_t bytes = storageBytes(type);
    Value base = context.sharedMemory(parts * plan.points * width * bytes);
    Value place =
        p.at(base, type, p.add(p.mul(part, plan.points * width), column));
    auto write = [&] {
      p.store(value, place, std::min<int64_t>(16, width * bytes));
    };
    // The threads of a warp have all the same.
    if (plan.alongRows)
      p.when(p.equal(p.rem(member, kWarp), p.constant(0)), write);
    else
      write();
    places.push_back(p.at(base, type, column));
  }
  p.barrier();
  auto read = [&](Value number) {
    Values values;
    for (auto [value, place] : llvm::zip_equal(partial, places)) {
      Type type = getElementTypeOrSelf(value);
      values.push_back(p.load(
          p.at(place, type, p.mul(number, plan.points * width)), type,
          plan.lanes, std::min<int64_t>(16, width * storageBytes(type))));
    }
    return values;
  };
  // Where the warp is of one team its threads take a part each.
  if (plan.alongRows)
    return combineByShuffles(stage, read(p.rem(member, parts)), parts);
  Values result = read(p.constant(0));
  for (int64_t i = 1; i < parts; ++i)
    result = combineTwo(stage, result, read(p.constant(i)));
  return result;
}

PointwiseKernel::Values PointwiseKernel::combineTeam(const Stage &stage,
                                                     Values partial) {
  if (plan.team == 1)
    return partial;
  if (plan.alongRows)
    partial = combineByShuffles(stage, partial, std::min(plan.team, kWarp));
  if (plan.alongRows && plan.team <= kWarp)
    return partial;
  return combineInShared(stage, partial);
}

/// What the threads have becomes the stage's results, which all of them get.
PointwiseKernel::Values PointwiseKernel::finishReduction(const Stage &stage,
                                                         Values partial) {
  return addInitial(stage, combineTeam(stage, combineLanes(stage, partial)));
}

/// The result begins with what it was told to.
PointwiseKernel::Values PointwiseKernel::addInitial(const Stage &stage,
                                                    Values partial) {
  linalg::GenericOp op = stage.op;
  if (failed || isArgReduce(stage))
    return partial;
  for (OpOperand &init : op.getDpsInitsMutable()) {
    unsigned number = init.getOperandNumber() - op.getNumDpsInputs();
    Operation *combiner = findCombiner(op, number);
    Source source = plan.source(init.get());
    if (source.kind == Source::Scalar &&
        source.scalar == neutralElement(*p, combiner))
      continue;
    Value first = operandValue(stage, init, stage.coordinates());
    if (failed)
      return {};
    partial[number] =
        combine(*p, combiner, p.splat(first, plan.lanes), partial[number]);
  }
  return partial;
}

/// Where the part of a block has its results in the workspace.
PointwiseKernel::Values PointwiseKernel::partsAddress(const Stage &stage,
                                                      Value number) {
  int64_t place = &stage - plan.stages.begin();
  int64_t width = std::max<int64_t>(1, plan.lanes);
  Value offset = p.mul(p.add(p.mul(number, plan.teams), point), width);
  Values addresses;
  for (OpResult result : stage.op->getResults()) {
    Value base = p.at(context.workspace, p->getI8Type(),
                      plan.partsAt(place, result.getResultNumber()));
    addresses.push_back(p.at(base, getElementTypeOrSelf(result), offset));
  }
  return addresses;
}

void PointwiseKernel::storeParts(const Stage &stage, const Values &partial) {
  p.when(p.both(valid, p.equal(member, p.constant(0))), [&] {
    for (auto [value, address] :
         llvm::zip_equal(partial, partsAddress(stage, split))) {
      int64_t bytes = storageBytes(getElementTypeOrSelf(value));
      p.store(value, address,
              std::min<int64_t>(16, std::max<int64_t>(1, plan.lanes) * bytes));
    }
  });
}

/// What the blocks of an earlier launch have, together, in a fixed order.
PointwiseKernel::Values PointwiseKernel::combineParts(const Stage &stage) {
  auto load = [&](Value number) {
    Values parts;
    for (auto [result, address] :
         llvm::zip_equal(stage.op->getResults(), partsAddress(stage, number))) {
      Type type = getElementTypeOrSelf(result);
      int64_t bytes = std::max<int64_t>(1, plan.lanes) * storageBytes(type);
      parts.push_back(
          p.load(address, type, plan.lanes, std::min<int64_t>(16, bytes)));
    }
    return parts;
  };
  // The team deals the parts out, as it does with elements.
  Values first = startReduction(stage, stage.coordinates(), /*isShared=*/true);
  if (failed)
    return {};
  for (Value &value : first)
    value = p.splat(value, plan.lanes);
  Values own = p.loop(member, whereValid(p.constant(plan.splits)), plan.team,
                      first, [&](Value number, ValueRange carried) {
                        return combineTwo(stage, Values(carried), load(number));
                      });
  Values result = combineTeam(stage, own);
  return addInitial(stage, result);
}

/// A reduction inside of the inner space: the thread that wants it makes it, in
/// ascending order.
PointwiseKernel::Values
PointwiseKernel::reduceAlone(const Stage &stage,
                             const Coordinates &coordinates) {
  Values init = startReduction(stage, coordinates, /*isShared=*/false);
  if (failed)
    return {};
  for (Value &value : init)
    value = p.splat(value, lanes);
  Space space;
  for (int64_t i = stage.firstReduction; i < stage.rank(); ++i) {
    space.extents.push_back(stage.extents[i]);
    space.rows.push_back(stage.rows[i]);
  }
  space.vectorPosition = -1;
  // Its dimensions become the innermost loops of those that are open.
  int64_t first = index.size();
  Coordinates inside = coordinates;
  for (int64_t i = stage.firstReduction; i < stage.rank(); ++i)
    inside[stage.order[i]] = first + (i - stage.firstReduction);
  Values result =
      forAll(space, 0, first, init, [&](ValueRange carried) -> Values {
        Values next = evaluateHere(stage, inside, Values(carried));
        if (failed)
          return Values(carried);
        for (Value &value : next)
          value = p.splat(value, lanes);
        return next;
      });
  index.resize(first);
  multiple.resize(first);
  return result;
}
