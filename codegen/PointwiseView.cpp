//===- PointwiseView.cpp - the ops of a pointwise kernel ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/PointwiseView.h"
#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace dlcc;

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
PointwiseView::access(AffineMap map, ArrayRef<int64_t> shape,
                      const Coordinates &coordinates) const {
  LinearAccess result;
  for (auto [expr, stride] :
       llvm::zip_equal(map.getResults(), denseStrides(shape)))
    if (!addLinear(expr, stride, coordinates, result))
      return std::nullopt;
  return result;
}

std::optional<Coordinates>
PointwiseView::producerCoordinates(const Stage &producer, int64_t result,
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

Source PointwiseView::source(Value tensor) const {
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

bool dlcc::isStored(Value value) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    auto write = dyn_cast<bufferization::MaterializeInDestinationOp>(user);
    return isa<func::ReturnOp>(user) || (write && write.getSource() == value);
  });
}

void dlcc::normalizePointwise(func::FuncOp kernel) {
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

LogicalResult PointwiseView::collectStages(func::FuncOp kernel) {
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

void PointwiseView::markUsed() {
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
bool PointwiseView::mergeable(int64_t position) const {
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

void PointwiseView::mergeDimensions() {
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

void PointwiseView::setLevels() {
  for (Stage &stage : stages)
    for (Value operand : stage.op->getOperands())
      if (Source from = source(operand); from.kind == Source::Stage) {
        const Stage &producer = stages[from.stage];
        stage.level = std::max(stage.level,
                               producer.level + (producer.reduces() ? 1 : 0));
      }
}

LogicalResult PointwiseView::collect(func::FuncOp kernel) {
  if (failed(collectStages(kernel)))
    return failure();
  markUsed();
  mergeDimensions();
  setLevels();
  return success();
}
