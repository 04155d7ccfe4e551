//===- PointwiseEmitter.cpp - values of the stages of a pointwise kernel --===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Loads, index values, inlined stages and stores at the point where the open
// loops stand. The loops are in PointwiseLoops.cpp.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/PointwiseEmitter.h"
#include "codegen/BodyEmitter.h"
#include "codegen/cpu/MemoryAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::cpu;

LogicalResult dlcc::cpu::selectPointwise(func::FuncOp kernel,
                                         const TargetTable &target) {
  normalizePointwise(kernel);
  FailureOr<PointwisePlan> plan = PointwisePlan::create(kernel, target);
  if (failed(plan))
    return failure();
  OpBuilder b(kernel);
  kernel->setAttr(dlcc::attr::kTasks, b.getI64IntegerAttr(plan->tasks));
  kernel->setAttr(dlcc::attr::kScratch,
                  b.getI64IntegerAttr(plan->scratchBytes));
  return success();
}

LogicalResult dlcc::cpu::emitPointwise(KernelContext &context) {
  normalizePointwise(context.planned);
  FailureOr<PointwisePlan> plan =
      PointwisePlan::create(context.planned, context.target);
  if (failed(plan))
    return failure();
  auto tasks = context.planned->getAttrOfType<IntegerAttr>(dlcc::attr::kTasks);
  if (tasks && tasks.getInt() != plan->tasks)
    return context.planned.emitOpError("was selected with ")
           << tasks.getInt() << " tasks and is lowered with " << plan->tasks;
  return PointwiseEmitter(context, *plan).emit();
}

/// A broken rule of the kernel form was diagnosed: everything unwinds with
/// empty values.
PointwiseEmitter::Values PointwiseEmitter::fail() {
  failed = true;
  return {};
}

Value PointwiseEmitter::constant(int64_t value) {
  return constantI64(b, loc, value);
}

//===----------------------------------------------------------------------===//
// Scopes
//===----------------------------------------------------------------------===//

PointwiseEmitter::Values
PointwiseEmitter::inScope(int64_t depth, const Key &key,
                          function_ref<Values()> write) {
  Scope &scope = scopes[depth];
  if (auto found = scope.known.find(key); found != scope.known.end())
    return found->second;
  OpBuilder::InsertionGuard guard(b);
  // Loops of one trip are scopes without an op: their code stands in the
  // block of the scope around them.
  for (Scope &inner : MutableArrayRef(scopes).drop_front(depth))
    if (inner.nested) {
      b.setInsertionPoint(inner.nested);
      break;
    }
  Values values = write();
  scopes[depth].known[key] = values;
  return values;
}

Value PointwiseEmitter::indexAt(int64_t position) {
  return position < 0 ? constant(0) : scopes[position + 1].index;
}

Value PointwiseEmitter::vectorIndexAt(int64_t position) {
  if (position < 0 || position != vectorPosition || lanes == 0)
    return indexAt(position);
  return inScope(position + 1, {-1},
                 [&]() -> Values {
                   return {arith::AddIOp::create(
                       b, loc, splat(b, loc, indexAt(position), lanes),
                       laneNumbers(b, loc, lanes))};
                 })
      .front();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value PointwiseEmitter::scalarOffset(const LinearAccess &access) {
  Value offset;
  for (int64_t position = 0; position < int64_t(access.strides.size());
       ++position) {
    if (access.strides[position] == 0)
      continue;
    Value term = indexAt(position);
    if (access.strides[position] != 1)
      term = arith::MulIOp::create(b, loc, term,
                                   constant(access.strides[position]));
    offset = offset ? arith::AddIOp::create(b, loc, offset, term) : term;
  }
  if (!offset)
    return constant(access.constant);
  if (access.constant != 0)
    offset = arith::AddIOp::create(b, loc, offset, constant(access.constant));
  return offset;
}

Value PointwiseEmitter::address(Value base, Type elementType,
                                const LinearAccess &access) {
  return elementPointer(b, loc, base, elementType, scalarOffset(access));
}

/// The offsets of the lanes from the first one.
static Value laneOffsets(OpBuilder &b, Location loc, int64_t lanes,
                         int64_t stride) {
  SmallVector<int64_t> offsets;
  for (int64_t lane = 0; lane < lanes; ++lane)
    offsets.push_back(lane * stride);
  return arith::ConstantOp::create(b, loc, b.getI64VectorAttr(offsets));
}

Value PointwiseEmitter::loadElement(Value base, Type elementType,
                                    const LinearAccess &access,
                                    const Key &key) {
  int64_t stride = lanes > 0 ? access.stride(vectorPosition) : 0;
  Values loaded = inScope(access.depth(), key, [&]() -> Values {
    Value first = address(base, elementType, access);
    if (stride == 0)
      return {load(b, loc, first, elementType)};
    if (stride == 1) {
      prefetchNextPoint(first, elementType, access);
      prefetchDown(first, elementType, access);
      return {load(b, loc, first, VectorType::get({lanes}, elementType), mask)};
    }
    return {gather(b, loc, first, laneOffsets(b, loc, lanes, stride),
                   elementType, mask)};
  });
  return loaded.front();
}

void PointwiseEmitter::storeElement(Value value, Value base, Type elementType,
                                    const LinearAccess &access) {
  int64_t stride = lanes > 0 ? access.stride(vectorPosition) : 0;
  Value first = address(base, elementType, access);
  if (stride == 0)
    return store(b, loc, value, first);
  value = splat(b, loc, value, lanes);
  if (stride == 1)
    return store(b, loc, value, first, mask);
  scatter(b, loc, value, first, laneOffsets(b, loc, lanes, stride), mask);
}

Value PointwiseEmitter::scratchBase(const Stage &stage, int64_t result) {
  int64_t elements = std::max<int64_t>(1, plan.parallelLanes);
  for (int64_t i = plan.parallelDims; i < stage.firstReduction; ++i)
    elements *= stage.extents[i];
  int64_t offset = stage.scratchOffset;
  linalg::GenericOp op = stage.op;
  for (Value value : op->getResults().take_front(result))
    offset += llvm::alignTo(
        elements * storageBytes(getElementTypeOrSelf(value.getType())), 64);
  return elementPointer(b, loc, context.scratch, b.getI8Type(),
                        constant(offset));
}

LinearAccess
PointwiseEmitter::scratchAccess(const Stage &stage,
                                const Coordinates &coordinates) const {
  LinearAccess access;
  access.strides.assign(scopes.size() - 1, 0);
  for (auto [dim, stride] : llvm::enumerate(plan.scratchStrides(stage)))
    if (stride != 0 && coordinates[dim] >= 0)
      access.strides[coordinates[dim]] += stride;
  return access;
}

/// Writes the results of a root where later passes or the caller find them.
void PointwiseEmitter::storeStage(int64_t number, ArrayRef<Value> values) {
  const Stage &stage = plan.stages[number];
  linalg::GenericOp op = stage.op;
  Coordinates coordinates = stage.coordinates();
  for (auto [result, value] : llvm::enumerate(values)) {
    Value tensor = op->getResult(result);
    Type elementType = getElementTypeOrSelf(tensor.getType());
    if (stage.scratchOffset >= 0) {
      LinearAccess access = scratchAccess(stage, coordinates);
      Value base = scratchBase(stage, result);
      if (plan.parallelLanes > 0)
        store(b, loc, splat(b, loc, value, lanes),
              address(base, elementType, access));
      else
        storeElement(value, base, elementType, access);
    }
    auto access =
        plan.access(op.getIndexingMapMatchingResult(op->getResult(result)),
                    cast<ShapedType>(tensor.getType()).getShape(), coordinates);
    for (const Buffer *buffer : context.outputBuffers(tensor))
      storeElement(value, buffer->base, elementType, *access);
  }
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

PointwiseEmitter::Values
PointwiseEmitter::evaluate(int64_t number, const Coordinates &coordinates) {
  const Stage &stage = plan.stages[number];
  linalg::GenericOp op = stage.op;
  bool inner = stage.firstReduction > plan.parallelDims;
  if (stage.reduces() && !inner)
    return reduced[number];
  // Inner results of an earlier pass lie in memory.
  bool kept = stage.scratchOffset >= 0 || stage.sink;
  if (inner && kept && (stage.reduces() || stage.level < level)) {
    Values values;
    for (Value result : op->getResults()) {
      int64_t resultNumber = cast<OpResult>(result).getResultNumber();
      Type elementType = getElementTypeOrSelf(result.getType());
      Key key{-2, number, resultNumber};
      llvm::append_range(key, coordinates);
      if (stage.scratchOffset >= 0 && plan.parallelLanes > 0) {
        LinearAccess access = scratchAccess(stage, coordinates);
        values.append(inScope(
            std::max(access.depth(), plan.parallelDims), key, [&]() -> Values {
              return {load(b, loc,
                           address(scratchBase(stage, resultNumber),
                                   elementType, access),
                           VectorType::get({lanes}, elementType))};
            }));
      } else if (stage.scratchOffset >= 0) {
        // Never remembered outside of the point: the next one overwrites it.
        LinearAccess access = scratchAccess(stage, coordinates);
        values.append(inScope(
            std::max(access.depth(), plan.parallelDims), key, [&]() -> Values {
              Value base = scratchBase(stage, resultNumber);
              return {loadElement(base, elementType, access,
                                  {-3, number, resultNumber})};
            }));
      } else {
        auto access = plan.access(
            op.getIndexingMapMatchingResult(cast<OpResult>(result)),
            cast<ShapedType>(result.getType()).getShape(), coordinates);
        SmallVector<const Buffer *> buffers = context.outputBuffers(result);
        // Several results of one op: the unstored ones are not read either.
        values.push_back(buffers.empty()
                             ? Value()
                             : loadElement(buffers.front()->base, elementType,
                                           *access, key));
      }
    }
    return values;
  }

  int64_t depth = 0;
  for (int64_t position : coordinates)
    depth = std::max(depth, position + 1);
  Key key{-4, number};
  llvm::append_range(key, coordinates);
  return inScope(depth, key,
                 [&] { return evaluateHere(stage, coordinates, {}); });
}

Value PointwiseEmitter::operandValue(const Stage &stage, OpOperand &operand,
                                     const Coordinates &coordinates) {
  linalg::GenericOp op = stage.op;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  Source source = plan.source(operand.get());
  switch (source.kind) {
  case Source::Nothing:
    return Value();
  case Source::Scalar:
    return arith::ConstantOp::create(b, loc, source.scalar);
  case Source::Stage: {
    const Stage &producer = plan.stages[source.stage];
    auto at =
        plan.producerCoordinates(producer, source.result, map, coordinates);
    if (!at) {
      op.emitOpError("reads a value of its kernel at another point");
      fail();
      return Value();
    }
    Values values = evaluate(source.stage, *at);
    return failed || values.empty() ? Value() : values[source.result];
  }
  case Source::Memory: {
    const Buffer *buffer = context.inputBuffer(source.tensor);
    auto access =
        buffer ? plan.access(map, buffer->shape, coordinates) : std::nullopt;
    if (!access) {
      op.emitOpError("operand #")
          << operand.getOperandNumber() << " is not an element of a buffer";
      fail();
      return Value();
    }
    Key key{-5, int64_t(buffer - context.buffers.data()), access->constant};
    while (!access->strides.empty() && access->strides.back() == 0)
      access->strides.pop_back();
    llvm::append_range(key, access->strides);
    return loadElement(buffer->base, buffer->elementType, *access, key);
  }
  }
  llvm_unreachable("all kinds of sources are handled");
}

PointwiseEmitter::Values
PointwiseEmitter::evaluateHere(const Stage &stage,
                               const Coordinates &coordinates,
                               ArrayRef<Value> accumulators) {
  if (failed)
    return {};
  linalg::GenericOp op = stage.op;
  std::optional<Values> arguments =
      BodyEmitter::argumentsOf(op, accumulators, [&](OpOperand &operand) {
        return operandValue(stage, operand, coordinates);
      });
  if (!arguments)
    return {};
  auto index = [&](int64_t dim) { return vectorIndexAt(coordinates[dim]); };
  auto extract = [&](tensor::ExtractOp extractOp, ArrayRef<Value> indices) {
    return extractElement(stage, coordinates, extractOp, indices);
  };
  FailureOr<Values> values =
      BodyEmitter(b).emit(op, *arguments, index, extract);
  return mlir::failed(values) ? fail() : *values;
}

//===----------------------------------------------------------------------===//
// Movement of elements
//===----------------------------------------------------------------------===//

/// How far an index of a body moves from one lane to the next, if that is the
/// same everywhere.
static std::optional<int64_t> laneStride(Value index, int64_t vectorDim) {
  if (auto dim = index.getDefiningOp<linalg::IndexOp>())
    return int64_t(dim.getDim()) == vectorDim ? 1 : 0;
  if (matchPattern(index, m_Constant()))
    return 0;
  auto of = [&](Value value) { return laneStride(value, vectorDim); };
  Operation *op = index.getDefiningOp();
  if (!op)
    return std::nullopt;
  // Whatever is computed from what is the same in all lanes is the same.
  if (llvm::all_of(op->getOperands(),
                   [&](Value operand) { return of(operand) == 0; }))
    return 0;
  if (!isa<arith::AddIOp, arith::SubIOp, arith::MulIOp>(op))
    return std::nullopt;
  auto left = of(op->getOperand(0)), right = of(op->getOperand(1));
  if (!left || !right)
    return std::nullopt;
  if (isa<arith::AddIOp>(op))
    return *left + *right;
  if (isa<arith::SubIOp>(op))
    return *left - *right;
  APInt factor;
  if (matchPattern(op->getOperand(1), m_ConstantInt(&factor)))
    return *left * factor.getSExtValue();
  return std::nullopt;
}

/// Whether an index moves by one from lane to lane but where it is kept from
/// leaving its operand, as those of a pad and of a concatenation are: it then
/// stands still. Neighbours never differ by more than one.
static bool isClampedRun(Value index, int64_t vectorDim) {
  if (laneStride(index, vectorDim) == 1)
    return true;
  Operation *op = index.getDefiningOp();
  if (!isa_and_nonnull<arith::MaxSIOp, arith::MinSIOp, arith::AddIOp,
                       arith::SubIOp>(op))
    return false;
  return laneStride(op->getOperand(1), vectorDim) == 0 &&
         isClampedRun(op->getOperand(0), vectorDim);
}

/// The elements of a clamped run, whose lanes lie at `offsets`: mostly it is
/// inside of its operand or outside, so it is one vector or one element.
Value PointwiseEmitter::loadClampedRun(Value base, Value offsets,
                                       Type elementType) {
  Value first = vector::ExtractOp::create(b, loc, offsets, 0);
  Value last = vector::ExtractOp::create(b, loc, offsets, lanes - 1);
  Value distance = arith::SubIOp::create(b, loc, last, first);
  Value start = elementPointer(b, loc, base, elementType, first);
  Type type = VectorType::get({lanes}, elementType);
  auto choose = [&](int64_t wanted, function_ref<Value()> then,
                    function_ref<Value()> otherwise) -> Value {
    Value isSo = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                       distance, constant(wanted));
    return scf::IfOp::create(
               b, loc, isSo,
               [&](OpBuilder &, Location) {
                 scf::YieldOp::create(b, loc, then());
               },
               [&](OpBuilder &, Location) {
                 scf::YieldOp::create(b, loc, otherwise());
               })
        .getResult(0);
  };
  return choose(
      lanes - 1, [&] { return load(b, loc, start, type, mask); },
      [&] {
        return choose(
            0,
            [&] {
              return splat(b, loc, load(b, loc, start, elementType), lanes);
            },
            [&] { return gather(b, loc, base, offsets, elementType, mask); });
      });
}

Value PointwiseEmitter::extractElement(const Stage &stage,
                                       const Coordinates &coordinates,
                                       tensor::ExtractOp op,
                                       ArrayRef<Value> indices) {
  const Buffer *buffer = context.inputBuffer(op.getTensor());
  if (!buffer)
    return Value();
  int64_t vectorDim = -1;
  for (auto [dim, position] : llvm::enumerate(coordinates))
    if (position == vectorPosition && lanes > 0)
      vectorDim = dim;

  Value offset = constant(0);
  std::optional<int64_t> stride = 0;
  // One clamped run, in which everything else stands still.
  int64_t runs = 0, others = 0;
  for (auto [index, step, source] :
       llvm::zip_equal(indices, buffer->strides, op.getIndices())) {
    auto vector = dyn_cast<VectorType>(index.getType());
    int64_t width = vector ? vector.getNumElements() : 0;
    Value term = arith::MulIOp::create(b, loc, index,
                                       splat(b, loc, constant(step), width));
    if (vector || isa<VectorType>(offset.getType())) {
      offset = splat(b, loc, offset, lanes);
      term = splat(b, loc, term, lanes);
    }
    offset = arith::AddIOp::create(b, loc, offset, term);
    // What came out as a scalar, such as a row's loaded index, stands still.
    auto along = vector ? laneStride(source, vectorDim) : 0;
    if (along != 0)
      ++(step == 1 && isClampedRun(source, vectorDim) ? runs : others);
    stride =
        stride && along ? std::optional(*stride + *along * step) : std::nullopt;
  }
  Type elementType = buffer->elementType;
  if (!isa<VectorType>(offset.getType()))
    return load(b, loc,
                elementPointer(b, loc, buffer->base, elementType, offset),
                elementType);
  if (stride != 1 && runs == 1 && others == 0)
    return loadClampedRun(buffer->base, offset, elementType);
  if (stride != 1)
    return gather(b, loc, buffer->base, offset, elementType, mask);
  Value first = vector::ExtractOp::create(b, loc, offset, 0);
  return load(b, loc, elementPointer(b, loc, buffer->base, elementType, first),
              VectorType::get({lanes}, elementType), mask);
}
