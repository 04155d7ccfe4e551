//===- ContractionView.cpp - a kernel of a product, canonically -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds the sum of products and its epilogue, sorts the loop dimensions by the
// operands that they index, and merges neighbours.
//
//===----------------------------------------------------------------------===//

#include "codegen/ContractionView.h"

#include "ir/Target.h"
#include "mlir/Analysis/FlatLinearValueConstraints.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlcc {
namespace {

/// acc + a * b, and how a and b widened, and whether they were rounded before.
struct ProductBody {
  bool isUnsigned[2] = {false, false};
  bool isRounded[2] = {false, false};
};

/// Whether `op` rounds f32 to bf16.
bool isRounding(Operation *op) {
  return isa<arith::TruncFOp>(op) && op->getOperand(0).getType().isF32() &&
         op->getResult(0).getType().isBF16();
}

/// Notes the argument that is behind the casts of `value`; false where there
/// is something else.
bool noteFactor(Value value, ProductBody &body, bool (&seen)[2]) {
  bool isUnsigned = false, isRounded = false;
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(op) &&
        !isRounding(op))
      return false;
    isUnsigned |= isa<arith::ExtUIOp>(op);
    isRounded |= isa<arith::TruncFOp>(op);
    value = op->getOperand(0);
  }
  unsigned number = cast<BlockArgument>(value).getArgNumber();
  if (number > 1)
    return false;
  seen[number] = true;
  body.isUnsigned[number] = isUnsigned;
  body.isRounded[number] = isRounded;
  return true;
}

std::optional<ProductBody> matchProduct(linalg::GenericOp op) {
  if (op.getNumReductionLoops() == 0 || op.getNumDpsInputs() != 2 ||
      op.getNumDpsInits() != 1)
    return std::nullopt;
  Block *body = op.getBody();
  Operation *sum = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!sum || !isa<arith::AddFOp, arith::AddIOp>(sum))
    return std::nullopt;
  Value accumulator = body->getArgument(2);
  int64_t side = sum->getOperand(0) == accumulator ? 1 : 0;
  Operation *factor = sum->getOperand(side).getDefiningOp();
  if (sum->getOperand(1 - side) != accumulator || !factor ||
      !isa<arith::MulFOp, arith::MulIOp>(factor))
    return std::nullopt;

  ProductBody result;
  bool seen[2] = {false, false};
  for (Value operand : factor->getOperands())
    if (!noteFactor(operand, result, seen))
      return std::nullopt;
  if (!seen[0] || !seen[1])
    return std::nullopt;
  return result;
}

bool isMemory(Value tensor) {
  if (isa<BlockArgument>(tensor))
    return true;
  return tensor.getDefiningOp<bufferization::ToTensorOp>() != nullptr;
}

/// Whether a tensor holds zeros only.
bool isZero(Value tensor) {
  auto fill = tensor.getDefiningOp<linalg::FillOp>();
  if (!fill)
    return false;
  Value value = fill.getInputs().front();
  return matchPattern(value, m_AnyZeroFloat()) || matchPattern(value, m_Zero());
}

} // namespace

int64_t DimAccess::linearRun(const Axis &axis) const {
  int64_t run = 1;
  for (const AxisPart &part : llvm::reverse(axis.parts)) {
    if (strides[part.dim] != step(axis) * run)
      break;
    run *= part.extent;
  }
  return run;
}

Type Operand::elementType() const { return getElementTypeOrSelf(tensor); }

Type ContractionView::accumulator() const {
  return getElementTypeOrSelf(product.getResult(0).getType());
}

Type ContractionView::computeType() const {
  Type type = accumulator();
  if (isa<FloatType>(type) && type.getIntOrFloatBitWidth() < 32)
    return Float32Type::get(type.getContext());
  return type;
}

std::optional<DimAccess> ContractionView::access(AffineMap map,
                                                 ArrayRef<int64_t> shape,
                                                 ArrayRef<int64_t> dims) const {
  DimAccess result;
  result.strides.assign(product.getNumLoops(), 0);
  int64_t stride = 1;
  for (int64_t i = int64_t(shape.size()) - 1; i >= 0; --i) {
    // Coefficients of the dims, then the constant.
    SmallVector<int64_t> flat;
    if (failed(getFlattenedAffineExpr(map.getResult(i), map.getNumDims(),
                                      map.getNumSymbols(), &flat)) ||
        flat.size() != map.getNumDims() + 1)
      return std::nullopt;
    for (auto [dim, target] : llvm::enumerate(dims))
      result.strides[target] += flat[dim] * stride;
    result.constant += flat.back() * stride;
    stride *= shape[i];
  }
  return result;
}

LogicalResult ContractionView::findProduct(func::FuncOp kernel) {
  for (auto op : kernel.getOps<linalg::GenericOp>()) {
    std::optional<ProductBody> body = matchProduct(op);
    if (!body)
      continue;
    if (product)
      return op.emitOpError("is the second product of its kernel");
    product = op;
    lhs = {op.getInputs()[0], {}, body->isUnsigned[0], body->isRounded[0]};
    rhs = {op.getInputs()[1], {}, body->isUnsigned[1], body->isRounded[1]};
  }
  if (!product)
    return kernel.emitOpError("is neither pointwise nor a contraction");
  if (!isZero(product.getOutputs()[0]) ||
      !product.getIndexingMapsArray()[2].isProjectedPermutation())
    return product.emitOpError("is no sum of products that begins at zero");
  if (!isMemory(lhs.tensor) || !isMemory(rhs.tensor))
    return product.emitOpError("multiplies what its kernel computes");
  return success();
}

/// Finds the product's dimensions behind the loops of `stage` from a value of
/// the kernel that it reads, or that reads it.
bool ContractionView::placeStage(EpilogueStage &stage) const {
  auto rank = static_cast<size_t>(stage.op.getNumLoops());
  stage.dims.assign(rank, -1);
  // `mine` and `theirs`: maps of the same tensor, seen from this stage and
  // from an op whose loops are known.
  auto meet = [&](AffineMap mine, AffineMap theirs, ArrayRef<int64_t> dims) {
    for (auto [here, there] :
         llvm::zip_equal(mine.getResults(), theirs.getResults())) {
      auto hereDim = dyn_cast<AffineDimExpr>(here);
      auto thereDim = dyn_cast<AffineDimExpr>(there);
      if (hereDim && thereDim)
        stage.dims[hereDim.getPosition()] = dims[thereDim.getPosition()];
    }
  };
  auto complete = [&] { return !llvm::is_contained(stage.dims, -1); };

  SmallVector<int64_t> own =
      llvm::to_vector(llvm::seq<int64_t>(0, product.getNumLoops()));
  for (OpOperand *input : stage.op.getDpsInputOperands())
    if (input->get() == product.getResult(0))
      meet(stage.op.getMatchingIndexingMap(input),
           product.getIndexingMapsArray().back(), own);
  for (const EpilogueStage &other : epilogue) {
    if (other.op == stage.op || other.dims.empty())
      continue;
    for (OpOperand *input : stage.op.getDpsInputOperands())
      if (input->get().getDefiningOp() == other.op)
        meet(
            stage.op.getMatchingIndexingMap(input),
            other.op.getIndexingMapMatchingResult(cast<OpResult>(input->get())),
            other.dims);
    for (OpOperand *input : other.op.getDpsInputOperands())
      if (input->get().getDefiningOp() == stage.op)
        meet(
            stage.op.getIndexingMapMatchingResult(cast<OpResult>(input->get())),
            other.op.getMatchingIndexingMap(input), other.dims);
  }
  if (!complete())
    stage.dims.clear();
  return !stage.dims.empty() || rank == 0;
}

LogicalResult ContractionView::collectEpilogue(func::FuncOp kernel) {
  for (auto op : kernel.getOps<linalg::GenericOp>()) {
    if (op == product)
      continue;
    if (op.getNumReductionLoops() != 0)
      return op.emitOpError("reduces in the epilogue of a contraction");
    epilogue.push_back({op, {}});
  }
  // A stage is placed by its neighbours; what reads the product comes first.
  size_t placed = 0;
  SmallVector<bool> done(epilogue.size(), false);
  for (bool changed = true; changed;) {
    changed = false;
    for (auto [number, stage] : llvm::enumerate(epilogue)) {
      if (done[number] || !placeStage(stage))
        continue;
      done[number] = changed = true;
      ++placed;
    }
  }
  if (placed != epilogue.size())
    for (auto [number, stage] : llvm::enumerate(epilogue))
      if (!done[number])
        return stage.op.emitOpError(
            "does not run over the result of the kernel's contraction");
  return success();
}

void ContractionView::transpose() {
  assert(!n.isReordered && "results are not listed along m");
  std::swap(lhs, rhs);
  std::swap(m, n);
  isTransposed = !isTransposed;
}

bool ContractionView::writesSums() const {
  const DimAccess &written = accesses[2];
  return !isTransposed && epilogue.empty() && accumulator() == computeType() &&
         !n.isReordered && (n.extent == 1 || written.along(n) == 1);
}

LogicalResult ContractionView::collectAccesses() {
  indexed.assign(product.getNumLoops(), false);
  auto add = [&](Operation *op, AffineMap map, Value tensor,
                 ArrayRef<int64_t> dims) -> LogicalResult {
    auto type = dyn_cast<RankedTensorType>(tensor.getType());
    if (!type)
      return success(); // a scalar operand
    std::optional<DimAccess> found = access(map, type.getShape(), dims);
    if (!found)
      return op->emitOpError("is not linear in the loops of the contraction");
    accesses.push_back(std::move(*found));
    return success();
  };
  SmallVector<int64_t> own =
      llvm::to_vector(llvm::seq<int64_t>(0, product.getNumLoops()));
  auto maps = product.getIndexingMapsArray();
  if (failed(add(product, maps[0], product.getInputs()[0], own)) ||
      failed(add(product, maps[1], product.getInputs()[1], own)) ||
      failed(add(product, maps[2], product.getResult(0), own)))
    return failure();
  lhs.access = accesses[0];
  rhs.access = accesses[1];
  for (EpilogueStage &stage : epilogue) {
    for (OpOperand &operand : stage.op->getOpOperands())
      if (failed(add(stage.op, stage.op.getMatchingIndexingMap(&operand),
                     operand.get(), stage.dims)))
        return failure();
    stage.op.getBody()->walk([&](linalg::IndexOp index) {
      indexed[stage.dims[index.getDim()]] = true;
    });
  }
  return success();
}

/// Whether steps of `dim` continue those of `extent` indices of `inner`.
static bool continues(ArrayRef<DimAccess> accesses, int64_t dim, int64_t inner,
                      int64_t extent) {
  return llvm::all_of(accesses, [&](const DimAccess &access) {
    return access.strides[dim] == access.strides[inner] * extent;
  });
}

/// Axes of `dims` (outer ones first), merged where the accesses `linearIn`
/// are linear in them.
SmallVector<Axis> ContractionView::merge(ArrayRef<int64_t> dims,
                                         ArrayRef<DimAccess> linearIn) const {
  SmallVector<int64_t> extents = product.getStaticLoopRanges();
  ArrayRef<int64_t> rows;
  if (auto given = product->getAttrOfType<DenseI64ArrayAttr>(dlcc::attr::kRows))
    rows = given.asArrayRef();

  SmallVector<Axis> axes; // inner ones first, as are their parts
  for (int64_t dim : llvm::reverse(dims)) {
    int64_t perRow = rows.empty() ? 0 : rows[dim], extent = extents[dim];
    if (extent == 1 && !indexed[dim])
      continue;
    Axis *axis = axes.empty() ? nullptr : &axes.back();
    if (!axis || axis->rows != 0 || indexed[dim] || indexed[axis->dim] ||
        !continues(linearIn, dim, axis->dim, axis->extent)) {
      axes.push_back({extent, perRow, dim, {{dim, extent, 1}}});
      continue;
    }
    AxisPart &part = axis->parts.back();
    if (continues(accesses, dim, part.dim, part.extent))
      part.extent *= extent;
    else
      axis->parts.push_back({dim, extent, axis->extent});
    axis->rows = perRow * axis->extent;
    axis->extent *= extent;
  }
  for (Axis &axis : axes)
    std::reverse(axis.parts.begin(), axis.parts.end());
  return SmallVector<Axis>(llvm::reverse(axes));
}

/// A part of `axis` by itself.
static Axis axisOf(const Axis &axis, const AxisPart &part) {
  // Rows are counted by the outermost dimension.
  int64_t rows = 0;
  if (&part == axis.parts.begin())
    rows = axis.rows * part.extent / axis.extent;
  return {part.extent, rows, part.dim, {{part.dim, part.extent, 1}}};
}

/// Puts the parts of `axis` in the order of memory where that makes the
/// operand contiguous along it.
static void reorder(Axis &axis, const DimAccess &operand) {
  auto stride = [&](const AxisPart &part) { return operand.strides[part.dim]; };
  if (axis.rows != 0 || operand.step(axis) == 1 ||
      llvm::none_of(axis.parts,
                    [&](const AxisPart &part) { return stride(part) == 1; }))
    return;
  llvm::stable_sort(axis.parts, [&](const AxisPart &a, const AxisPart &b) {
    return std::abs(stride(a)) > std::abs(stride(b));
  });
  axis.isReordered = true;
}

void ContractionView::formAxes() {
  auto maps = product.getIndexingMapsArray();
  auto iterators = product.getIteratorTypesArray();
  auto has = [&](int64_t map, int64_t dim) {
    return maps[map].isFunctionOfDim(dim);
  };
  // Parallel dims in the order of the result, so that neighbours in memory are
  // neighbours here.
  SmallVector<int64_t> rowDims, columnDims, otherDims, sumDims;
  for (AffineExpr result : maps[2].getResults()) {
    auto dim = cast<AffineDimExpr>(result).getPosition();
    bool left = has(0, dim), right = has(1, dim);
    (left == right ? otherDims : left ? rowDims : columnDims).push_back(dim);
  }
  for (auto [dim, iterator] : llvm::enumerate(iterators))
    if (iterator == utils::IteratorType::reduction)
      sumDims.push_back(dim);

  // What is not an operand is never packed.
  auto unpacked = ArrayRef(accesses).drop_front(2);
  SmallVector<Axis> rows = merge(rowDims, unpacked);
  SmallVector<Axis> columns = merge(columnDims, unpacked);
  // The columns are those that lie next to one another in the result.
  const DimAccess &result = accesses[2];
  auto contiguous = [&](ArrayRef<Axis> axes) {
    return !axes.empty() && result.along(axes.back()) == 1;
  };
  if ((contiguous(rows) && !contiguous(columns)) ||
      (columns.empty() && !rows.empty())) {
    std::swap(rows, columns);
    std::swap(lhs, rhs);
  }
  outer = merge(otherDims, accesses);
  if (!columns.empty())
    n = columns.pop_back_val();
  reorder(n, rhs.access);
  if (!rows.empty()) {
    auto *largest = llvm::max_element(
        rows, [](const Axis &a, const Axis &b) { return a.extent < b.extent; });
    m = *largest;
    rows.erase(largest);
  }
  // Loops move the operands step by step, so these axes fall apart again.
  for (const Axis &axis : llvm::concat<const Axis>(rows, columns))
    for (const AxisPart &part : axis.parts)
      outer.push_back(axisOf(axis, part));
  outerK = merge(sumDims, {});
  if (!outerK.empty())
    k = outerK.pop_back_val();
}

FailureOr<ContractionView> ContractionView::create(func::FuncOp kernel) {
  ContractionView view;
  if (failed(view.findProduct(kernel)) ||
      failed(view.collectEpilogue(kernel)) || failed(view.collectAccesses()))
    return failure();
  view.formAxes();
  return view;
}

} // namespace dlcc
