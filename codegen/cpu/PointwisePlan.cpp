//===- PointwisePlan.cpp - how a pointwise kernel is scheduled ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Decides; PointwiseKernel.cpp writes the loops.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/PointwisePlan.h"
#include "codegen/cpu/MemoryAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace dlcc::cpu;

/// Vectors of a row in which columns are summed as many at a time as registers
/// allow.
static constexpr int64_t kLongRow = 64;
/// Larger rows are computed again rather than kept.
static constexpr int64_t kScratchLimit = 1 << 20;

int64_t LinearAccess::depth() const {
  for (int64_t i = strides.size(); i > 0; --i)
    if (strides[i - 1] != 0)
      return i;
  return 0;
}

Coordinates Stage::coordinates() const {
  Coordinates result(order.size());
  for (auto [position, dim] : llvm::enumerate(order))
    result[dim] = position;
  return result;
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

/// Adds `factor * expr` to the access.
static bool addLinear(AffineExpr expr, int64_t factor,
                      const Coordinates &coordinates, LinearAccess &access) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    access.constant += factor * constant.getValue();
    return true;
  }
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    int64_t position = coordinates[dim.getPosition()];
    if (position < 0)
      return true;
    if (position >= int64_t(access.strides.size()))
      access.strides.resize(position + 1, 0);
    access.strides[position] += factor;
    return true;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (expr.getKind() == AffineExprKind::Add)
    return addLinear(binary.getLHS(), factor, coordinates, access) &&
           addLinear(binary.getRHS(), factor, coordinates, access);
  auto scale = dyn_cast<AffineConstantExpr>(binary.getRHS());
  return expr.getKind() == AffineExprKind::Mul && scale &&
         addLinear(binary.getLHS(), factor * scale.getValue(), coordinates,
                   access);
}

static SmallVector<int64_t> denseStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = int64_t(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

std::optional<LinearAccess>
PointwisePlan::access(AffineMap map, ArrayRef<int64_t> shape,
                      const Coordinates &coordinates) const {
  LinearAccess result;
  for (auto [expr, stride] :
       llvm::zip_equal(map.getResults(), denseStrides(shape)))
    if (!addLinear(expr, stride, coordinates, result))
      return std::nullopt;
  return result;
}

std::optional<Coordinates>
PointwisePlan::producerCoordinates(const Stage &producer, int64_t result,
                                   AffineMap map,
                                   const Coordinates &reader) const {
  linalg::GenericOp op = producer.op;
  AffineMap written = op.getIndexingMapMatchingResult(op->getResult(result));
  Coordinates coordinates(op.getNumLoops(), -1);
  for (auto [out, in] :
       llvm::zip_equal(written.getResults(), map.getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(out);
    if (!dim)
      return std::nullopt;
    if (auto from = dyn_cast<AffineDimExpr>(in))
      coordinates[dim.getPosition()] = reader[from.getPosition()];
    else if (auto constant = dyn_cast<AffineConstantExpr>(in);
             !constant || constant.getValue() != 0)
      return std::nullopt;
  }
  return coordinates;
}

SmallVector<int64_t> PointwisePlan::scratchStrides(const Stage &stage) const {
  SmallVector<int64_t> strides(stage.rank(), 0);
  int64_t stride = std::max<int64_t>(1, parallelLanes);
  for (int64_t i = stage.firstReduction - 1; i >= parallelDims; --i) {
    strides[stage.order[i]] = stride;
    stride *= stage.extents[i];
  }
  return strides;
}

Source PointwisePlan::source(Value tensor) const {
  Source result;
  if (auto found = results.find(tensor); found != results.end()) {
    result.kind = Source::Stage;
    std::tie(result.stage, result.result) = found->second;
    return result;
  }
  if (tensor.getDefiningOp<tensor::EmptyOp>())
    return result;
  Attribute constant;
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
    tensor = fill.value();
  if (matchPattern(tensor, m_Constant(&constant))) {
    if (auto dense = dyn_cast<SplatElementsAttr>(constant))
      constant = dense.getSplatValue<Attribute>();
    if (auto scalar = dyn_cast<TypedAttr>(constant);
        scalar && !isa<ShapedType>(scalar.getType())) {
      result.kind = Source::Scalar;
      result.scalar = scalar;
      return result;
    }
  }
  if (!isa<ShapedType>(tensor.getType()))
    return result;
  result.kind = Source::Memory;
  result.tensor = tensor;
  return result;
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

static bool isStored(Value value) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    auto write = dyn_cast<bufferization::MaterializeInDestinationOp>(user);
    return isa<func::ReturnOp>(user) || (write && write.getSource() == value);
  });
}

void dlcc::cpu::normalizePointwise(func::FuncOp kernel) {
  IRRewriter rewriter(kernel.getContext());
  SmallVector<linalg::LinalgOp> named;
  for (auto op : kernel.getOps<linalg::LinalgOp>()) {
    bool begins = isa<linalg::FillOp>(op) && !isStored(op->getResult(0));
    if (!isa<linalg::GenericOp>(op) && !begins)
      named.push_back(op);
  }
  for (linalg::LinalgOp op : named) {
    rewriter.setInsertionPoint(op);
    DictionaryAttr extra = op->getDiscardableAttrDictionary();
    FailureOr<linalg::GenericOp> generic =
        linalg::generalizeNamedOp(rewriter, op);
    if (succeeded(generic))
      (*generic)->setDiscardableAttrs(extra);
  }
  // What is stored without being computed: a copy.
  for (Operation &op : llvm::make_early_inc_range(kernel.getBody().front())) {
    if (!isa<func::ReturnOp, bufferization::MaterializeInDestinationOp>(op))
      continue;
    unsigned last = isa<func::ReturnOp>(op) ? op.getNumOperands() : 1;
    for (OpOperand &operand : op.getOpOperands().take_front(last)) {
      Value value = operand.get();
      if (value.getDefiningOp<linalg::GenericOp>())
        continue;
      auto type = cast<RankedTensorType>(value.getType());
      rewriter.setInsertionPoint(&op);
      auto empty = tensor::EmptyOp::create(
          rewriter, op.getLoc(), type.getShape(), type.getElementType());
      auto identity = rewriter.getMultiDimIdentityMap(type.getRank());
      SmallVector<utils::IteratorType> parallel(type.getRank(),
                                                utils::IteratorType::parallel);
      auto copy = linalg::GenericOp::create(
          rewriter, op.getLoc(), type, value, ValueRange(empty),
          ArrayRef<AffineMap>{identity, identity}, parallel,
          [](OpBuilder &b, Location loc, ValueRange arguments) {
            linalg::YieldOp::create(b, loc, arguments[0]);
          });
      operand.set(copy->getResult(0));
    }
  }
}

static bool isExpensive(linalg::GenericOp op) {
  return llvm::any_of(*op.getBody(), [](Operation &inner) {
    return isa<math::MathDialect>(inner.getDialect()) &&
           !isa<math::FmaOp, math::AbsFOp, math::AbsIOp, math::FloorOp,
                math::CeilOp, math::RoundEvenOp, math::CopySignOp>(inner);
  });
}

LogicalResult PointwisePlan::collectStages(func::FuncOp kernel) {
  parallelDims =
      kernel->getAttrOfType<IntegerAttr>(dlcc::attr::kParallelDims).getInt();
  for (auto op : kernel.getOps<linalg::GenericOp>()) {
    Stage stage;
    stage.op = op;
    stage.expensive = isExpensive(op);
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    SmallVector<utils::IteratorType> types = op.getIteratorTypesArray();
    if (int64_t(ranges.size()) < parallelDims)
      return op.emitOpError("has fewer loops than the kernel's ")
             << parallelDims << " parallel dimensions";
    SmallVector<int64_t> rowsOf(ranges.size(), 0);
    if (auto given = op->getAttrOfType<DenseI64ArrayAttr>(dlcc::attr::kRows);
        given && given.size() == int64_t(ranges.size()))
      rowsOf = llvm::to_vector(given.asArrayRef());
    auto append = [&](int64_t dim) {
      stage.order.push_back(dim);
      stage.extents.push_back(ranges[dim]);
      stage.rows.push_back(rowsOf[dim]);
    };
    for (int64_t dim = 0; dim < parallelDims; ++dim) {
      if (types[dim] != utils::IteratorType::parallel)
        return op.emitOpError("reduces a parallel dimension of the kernel");
      append(dim);
    }
    for (auto wanted :
         {utils::IteratorType::parallel, utils::IteratorType::reduction}) {
      for (int64_t dim = parallelDims; dim < int64_t(types.size()); ++dim)
        if (types[dim] == wanted)
          append(dim);
      if (wanted == utils::IteratorType::parallel)
        stage.firstReduction = stage.order.size();
    }
    for (auto [number, value] : llvm::enumerate(op->getResults())) {
      results[value] = {int64_t(stages.size()), int64_t(number)};
      stage.sink |= isStored(value);
    }
    stages.push_back(std::move(stage));
  }
  for (const Stage &stage : stages)
    for (int64_t i = 0; i < parallelDims; ++i)
      if (stage.extents[i] != stages.front().extents[i])
        return stage.op.emitOpError(
            "has other parallel extents than the kernel's first op");
  return success();
}

void PointwisePlan::markUsed() {
  for (Stage &stage : llvm::reverse(stages)) {
    stage.used |= stage.sink;
    if (!stage.used)
      continue;
    for (Value operand : stage.op->getOperands())
      if (Source from = source(operand); from.kind == Source::Stage)
        stages[from.stage].used = true;
  }
}

//===----------------------------------------------------------------------===//
// Merging of dimensions
//===----------------------------------------------------------------------===//

/// Whether nest positions `position` and `position + 1` can run as one loop in
/// all stages: every access is dense across both.
bool PointwisePlan::mergeable(int64_t position) const {
  bool inner = position >= parallelDims;
  const Stage *first = nullptr;
  for (const Stage &stage : stages) {
    if (stage.rank() <= position + 1) {
      if (stage.rank() > position)
        return false;
      continue;
    }
    if (inner && !first)
      first = &stage;
    int64_t extent = stage.extents[position + 1];
    bool apart =
        (stage.firstReduction == position + 1) ||
        stage.order[position] != position ||
        stage.order[position + 1] != position + 1 ||
        (stage.extents[position] != 1 && stage.rows[position + 1] != 0);
    if (apart ||
        (first && (first->extents[position] != stage.extents[position] ||
                   first->extents[position + 1] != extent)))
      return false;
    for (Operation &op : *stage.op.getBody()) {
      if (isa<tensor::ExtractOp>(op))
        return false;
      if (auto index = dyn_cast<linalg::IndexOp>(op))
        if (int64_t(index.getDim()) == position ||
            int64_t(index.getDim()) == position + 1)
          return false;
    }
    Coordinates coordinates = stage.coordinates();
    for (OpOperand &operand : stage.op->getOpOperands()) {
      AffineMap map = stage.op.getMatchingIndexingMap(&operand);
      Source from = source(operand.get());
      if (from.kind == Source::Scalar)
        continue;
      if (from.kind == Source::Stage) {
        // The reader's and the writer's positions must agree.
        const Stage &producer = stages[from.stage];
        auto at = producerCoordinates(producer, from.result, map, coordinates);
        for (int64_t p : {position, position + 1})
          if (!at || (p < producer.firstReduction && (*at)[p] != p))
            return false;
      }
      auto type = cast<ShapedType>(operand.get().getType());
      auto linear = access(map, type.getShape(), coordinates);
      if (!linear ||
          linear->stride(position) != linear->stride(position + 1) * extent)
        return false;
    }
  }
  return true;
}

void PointwisePlan::mergeDimensions() {
  int64_t deepest = 0;
  for (const Stage &stage : stages)
    deepest = std::max(deepest, stage.rank());
  for (int64_t position = 0; position + 1 < deepest; ++position) {
    if (position + 1 == parallelDims || !mergeable(position))
      continue;
    for (Stage &stage : stages) {
      if (stage.rank() <= position)
        continue;
      if (stage.rows[position] != 0)
        stage.rows[position + 1] =
            stage.rows[position] * stage.extents[position + 1];
      stage.extents[position + 1] *= stage.extents[position];
      stage.extents[position] = 1;
      stage.rows[position] = 0;
    }
  }
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

void PointwisePlan::setLevels() {
  for (Stage &stage : stages)
    for (Value operand : stage.op->getOperands())
      if (Source from = source(operand); from.kind == Source::Stage) {
        const Stage &producer = stages[from.stage];
        stage.level = std::max(stage.level,
                               producer.level + (producer.reduces() ? 1 : 0));
      }
}

/// What a stage costs with lanes along a nest position (-1: none), in vector
/// instructions.
double PointwisePlan::cost(const Stage &stage, int64_t vectorPosition) const {
  double elements = 1, contiguous = 1;
  for (int64_t extent : stage.extents)
    elements *= extent;
  if (vectorPosition >= 0 && stage.extents[vectorPosition] > 0) {
    int64_t extent = stage.extents[vectorPosition];
    contiguous = double(llvm::divideCeil(extent, kVirtualLanes)) / extent;
  }
  double total = elements * contiguous;
  Coordinates coordinates = stage.coordinates();
  for (OpOperand &operand : stage.op->getOpOperands()) {
    Value tensor = operand.get();
    Source from = source(tensor);
    if (stage.op.isDpsInit(&operand)) {
      if (!isStored(stage.op.getTiedOpResult(&operand)))
        continue;
    } else if (from.kind != Source::Memory) {
      continue;
    }
    auto linear =
        access(stage.op.getMatchingIndexingMap(&operand),
               cast<ShapedType>(tensor.getType()).getShape(), coordinates);
    int64_t stride = linear ? linear->stride(vectorPosition) : 2;
    total += elements * (stride == 0 || stride == 1 ? contiguous : 1.0);
  }
  return total;
}

void PointwisePlan::chooseLanes(const TargetTable &target) {
  extents.assign(stages.front().extents.begin(),
                 stages.front().extents.begin() + parallelDims);
  rows.assign(parallelDims, 0);
  bool inner = false;
  double alongParallel = 0, alongInner = 0;
  int64_t bytes = 4;
  for (const Stage &stage : stages) {
    if (!stage.used)
      continue;
    for (int64_t i = 0; i < parallelDims; ++i)
      rows[i] = std::max(rows[i], stage.rows[i]);
    for (Value operand : stage.op->getOperands())
      if (isa<FloatType>(getElementTypeOrSelf(operand.getType())))
        bytes = std::max(bytes,
                         storageBytes(getElementTypeOrSelf(operand.getType())));
    alongParallel += cost(stage, parallelDims - 1);
    double best = cost(stage, -1);
    for (int64_t p = parallelDims; p < stage.rank(); ++p) {
      best = std::min(best, cost(stage, p));
      inner = true;
    }
    alongInner += best;
  }
  if (parallelDims == 0 || extents.back() == 1 ||
      (inner && alongInner <= alongParallel))
    return;
  // Columns that are summed go several registers at a time: their chains are
  // independent and a row of a matrix is read in longer runs, which memory
  // likes where rows are long.
  parallelLanes = target.lanes(
      IntegerType::get(stages.front().op->getContext(), bytes * 8));
  bool isCheap =
      llvm::none_of(stages, [](const Stage &stage) { return stage.expensive; });
  int64_t registers = isCheap && extents.back() >= kLongRow * parallelLanes
                          ? target.registers() / 2
                          : 4;
  if (inner && extents.back() >= registers * parallelLanes)
    parallelLanes *= registers;
}

void PointwisePlan::keepExpensive() {
  for (auto [number, stage] : llvm::enumerate(stages)) {
    if (!stage.used || stage.rank() == parallelDims)
      continue;
    bool innerResult = stage.reduces() && stage.firstReduction > parallelDims;
    bool readLater = false;
    for (const Stage &reader : stages)
      for (Value operand : reader.op->getOperands())
        if (Source from = source(operand); reader.used &&
                                           from.kind == Source::Stage &&
                                           from.stage == int64_t(number))
          readLater |= reader.level > stage.level || innerResult;
    if (stage.sink || !readLater || !(stage.expensive || innerResult) ||
        (stage.reduces() && !innerResult))
      continue;
    int64_t elements = std::max<int64_t>(1, parallelLanes);
    for (int64_t i = parallelDims; i < stage.firstReduction; ++i)
      elements *= stage.extents[i];
    int64_t bytes = 0;
    for (Value result : stage.op->getResults())
      bytes += llvm::alignTo(
          elements * storageBytes(getElementTypeOrSelf(result.getType())), 64);
    if (!innerResult && scratchBytes + bytes > kScratchLimit)
      continue;
    stage.scratchOffset = scratchBytes;
    scratchBytes += bytes;
  }
}

void PointwisePlan::makePasses() {
  auto sameSpace = [&](const Stage &a, const Stage &b) {
    return ArrayRef(a.extents).drop_front(parallelDims) ==
               ArrayRef(b.extents).drop_front(parallelDims) &&
           ArrayRef(a.rows).drop_front(parallelDims) ==
               ArrayRef(b.rows).drop_front(parallelDims);
  };
  auto isRoot = [&](const Stage &stage) {
    return stage.used && stage.rank() > parallelDims &&
           (stage.reduces() || stage.sink || stage.scratchOffset >= 0);
  };
  // A store that nobody reads back goes to the last pass over its space: no
  // buffer is read after an output that shares its memory is written.
  for (Stage &stage : stages) {
    if (!isRoot(stage) || stage.reduces() || !stage.sink)
      continue;
    bool readBack = llvm::any_of(stage.op->getUsers(), [&](Operation *user) {
      return llvm::any_of(stages, [&](const Stage &other) {
        return other.op == user && other.used && other.level > stage.level;
      });
    });
    for (const Stage &other : stages)
      if (!readBack && isRoot(other) && sameSpace(stage, other))
        stage.level = std::max(stage.level, other.level);
  }
  for (auto [number, stage] : llvm::enumerate(stages)) {
    if (!isRoot(stage))
      continue;
    auto pass = llvm::find_if(passes, [&](const Pass &pass) {
      return pass.level == stage.level &&
             sameSpace(stages[pass.roots.front()], stage);
    });
    if (pass == passes.end()) {
      passes.push_back({stage.level, {}, -1});
      pass = std::prev(passes.end());
    }
    pass->roots.push_back(number);
  }
  llvm::stable_sort(
      passes, [](const Pass &a, const Pass &b) { return a.level < b.level; });
  for (Pass &pass : passes) {
    if (parallelLanes > 0) {
      pass.vectorPosition = parallelDims - 1;
      continue;
    }
    // Stages inlined into a root run in its space: they vote too.
    const Stage &shape = stages[pass.roots.front()];
    double best = 0;
    for (int64_t p = parallelDims; p < shape.rank(); ++p) {
      double total = 0;
      for (const Stage &stage : stages)
        if (stage.used && stage.rank() == shape.rank() &&
            sameSpace(stage, shape))
          total += cost(stage, p);
      if (pass.vectorPosition < 0 || total <= best) {
        pass.vectorPosition = p;
        best = total;
      }
    }
  }
}

FailureOr<PointwisePlan> PointwisePlan::create(func::FuncOp kernel,
                                               const TargetTable &target) {
  PointwisePlan plan;
  if (failed(plan.collectStages(kernel)))
    return failure();
  if (plan.stages.empty())
    return plan;
  plan.markUsed();
  plan.mergeDimensions();
  plan.setLevels();
  plan.chooseLanes(target);
  plan.keepExpensive();
  plan.makePasses();
  plan.chooseTasks();
  return plan;
}
