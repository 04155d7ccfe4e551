//===- WinogradView.cpp - a convolution in tiles --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/WinogradView.h"

#include "ir/Target.h"
#include "mlir/Analysis/FlatLinearValueConstraints.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlcc::cpu {

std::optional<WinogradSize> winogradSizeOf(func::FuncOp kernel) {
  for (auto op : kernel.getOps<linalg::GenericOp>())
    if (auto size = op->getAttrOfType<DenseI64ArrayAttr>(attr::kWinograd))
      return WinogradSize{size[0], size[1]};
  return std::nullopt;
}

FailureOr<WinogradView> WinogradView::create(func::FuncOp kernel) {
  FailureOr<ContractionView> contraction = ContractionView::create(kernel);
  if (failed(contraction))
    return failure();
  WinogradView result;
  result.size = *winogradSizeOf(kernel);
  result.view = std::move(*contraction);
  linalg::GenericOp product = result.view.product;
  result.extents = product.getStaticLoopRanges();
  result.rows.assign(result.extents.size(), 0);
  if (auto given = product->getAttrOfType<DenseI64ArrayAttr>(attr::kRows))
    llvm::copy(given.asArrayRef(), result.rows.begin());
  if (!result.findSides() || !result.findOthers() || !result.hasUnitSteps())
    return product.emitOpError("is marked for Winograd's algorithm and is no "
                               "convolution by windows that move by one");
  result.formAxes();
  return result;
}

int64_t WinogradView::tiles(int side) const {
  return isGradient ? llvm::divideCeil(extent(sides[side].summed), size.taps)
                    : llvm::divideCeil(extent(sides[side].kept), size.outputs);
}

/// The dims of a product that `expr` reads, with their factors.
static SmallVector<std::pair<int64_t, int64_t>> termsOf(AffineExpr expr,
                                                        int64_t dims) {
  SmallVector<int64_t> flat;
  SmallVector<std::pair<int64_t, int64_t>> terms;
  if (succeeded(getFlattenedAffineExpr(expr, dims, 0, &flat)) &&
      int64_t(flat.size()) == dims + 1)
    for (int64_t dim = 0; dim < dims; ++dim)
      if (flat[dim] != 0)
        terms.push_back({dim, flat[dim]});
  return terms;
}

bool WinogradView::findSides() {
  auto maps = view.product.getIndexingMapsArray();
  window = maps[0].isProjectedPermutation() ? 1 : 0;
  if (maps[window].isProjectedPermutation() ||
      !maps[1 - window].isProjectedPermutation() ||
      view.lhs.tensor == view.rhs.tensor)
    return false;
  bool isLeft = view.lhs.tensor == view.product.getInputs()[window];
  image = isLeft ? view.lhs : view.rhs;
  factor = isLeft ? view.rhs : view.lhs;

  int count = 0;
  for (AffineExpr expr : maps[window].getResults()) {
    auto terms = termsOf(expr, maps[window].getNumDims());
    if (terms.size() < 2)
      continue;
    if (count == 2)
      return false;
    Side &side = sides[count++];
    side = {-1, -1, false};
    for (auto [dim, factor] : terms) {
      bool isKept = maps[2].isFunctionOfDim(dim);
      if (isKept == maps[1 - window].isFunctionOfDim(dim)) {
        if (isKept)
          continue; // a part of the sum, by itself
        return false;
      }
      int64_t &slot = isKept ? side.kept : side.summed;
      if (slot >= 0 || (factor != 1 && (isKept || factor != -1)))
        return false;
      slot = dim;
      side.isFlipped |= factor < 0;
    }
    if (side.kept < 0 || side.summed < 0)
      return false;
  }
  return count == 2;
}

bool WinogradView::findOthers() {
  auto maps = view.product.getIndexingMapsArray();
  auto isOfSide = [&](int64_t dim) {
    return llvm::any_of(sides, [&](const Side &side) {
      return side.kept == dim || side.summed == dim;
    });
  };
  // The channels are innermost in an image.
  channel = column = -1;
  for (auto [dim, stride] : llvm::enumerate(image.access.strides))
    if (stride == 1 && !isOfSide(dim) && extents[dim] > 1)
      channel = dim;
  if (channel < 0)
    return false;
  isGradient = maps[2].isFunctionOfDim(channel);

  for (auto [dim, extent] : llvm::enumerate(extents)) {
    bool inImage = maps[window].isFunctionOfDim(dim);
    bool inFactor = maps[1 - window].isFunctionOfDim(dim);
    bool inResult = maps[2].isFunctionOfDim(dim);
    bool isGroup = inImage && inFactor && inResult;
    if (isOfSide(dim) || int64_t(dim) == channel || isGroup || extent == 1)
      continue;
    // What is left over: images, kept or summed as the channels are not, and
    // columns.
    int64_t &slot = inImage ? images : column;
    if (slot >= 0 || (inImage && inResult == isGradient) ||
        (!inImage && !inResult))
      return false;
    slot = dim;
  }
  return column >= 0;
}

/// Whether vectors along channels and columns are contiguous, and tiles cover
/// what they must.
bool WinogradView::hasUnitSteps() const {
  for (const Side &side : sides) {
    int64_t whole = isGradient ? extent(side.kept) : extent(side.summed);
    if (whole != (isGradient ? size.outputs : size.taps) ||
        (isGradient && side.isFlipped) || rows[side.kept] != 0 ||
        rows[side.summed] != 0)
      return false;
  }
  auto isPlain = [&](const Operand &operand) {
    return operand.elementType() == view.computeType() && !operand.isRounded;
  };
  return step(factor, column) == 1 && isPlain(image) && isPlain(factor);
}

void WinogradView::formAxes() {
  auto maps = view.product.getIndexingMapsArray();
  auto axisOf = [&](int64_t dim) -> Axis {
    if (dim < 0)
      return {};
    return {extents[dim], rows[dim], dim, {{dim, extents[dim], 1}}};
  };
  view.outer.clear();
  view.outerK.clear();
  for (AffineExpr result : maps[2].getResults()) {
    int64_t dim = cast<AffineDimExpr>(result).getPosition();
    if (maps[0].isFunctionOfDim(dim) && maps[1].isFunctionOfDim(dim))
      view.outer.push_back(axisOf(dim));
  }
  groups = view.outer.size();
  if (isGradient) {
    view.outer.append({axisOf(sides[0].kept), axisOf(sides[1].kept)});
    view.m = axisOf(channel);
  } else {
    view.outer.append({axisOf(images), axisOf(sides[0].kept)});
    view.m = axisOf(sides[1].kept);
  }
  view.n = axisOf(column);
}

} // namespace dlcc::cpu
