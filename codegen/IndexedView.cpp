//===- IndexedView.cpp - a tensor as lines along one axis -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/IndexedView.h"
#include "ir/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace dlcc;

/// The dims as one group; none where a dim but the first depends on the rows.
static std::optional<Group> merge(ArrayRef<int64_t> sizes,
                                  ArrayRef<int64_t> rows) {
  Group group;
  for (auto [i, size, multiple] : llvm::enumerate(sizes, rows)) {
    // Dims of size 1 before it do not count.
    if (multiple != 0 && group.size != 1)
      return std::nullopt;
    if (multiple != 0)
      group.rows = multiple;
    else
      group.rows *= size;
    group.size *= size;
  }
  return group;
}

std::optional<IndexedView> IndexedView::create(func::FuncOp kernel) {
  DenseI64ArrayAttr note;
  IndexedView view;
  linalg::GenericOp &op = view.op;
  for (auto generic : kernel.getOps<linalg::GenericOp>())
    for (auto [name, kind] :
         {std::pair(attr::kScatter, Scatter), std::pair(attr::kRank, Rank),
          std::pair(attr::kCumulative, Cumulative)})
      if (auto found = generic->getAttrOfType<DenseI64ArrayAttr>(name)) {
        op = generic;
        note = found;
        view.kind = kind;
      }
  if (!op)
    return std::nullopt;
  auto result = cast<ShapedType>(op->getResult(0).getType());
  ArrayRef<int64_t> shape = result.getShape();
  // Loops are the result's dims in their order, then what is summed over.
  auto rows = op->getAttrOfType<DenseI64ArrayAttr>(attr::kRows).asArrayRef();
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  int64_t axis = note[0], rank = shape.size();
  auto outer = merge(shape.take_front(axis), rows.take_front(axis));
  auto inner =
      merge(shape.drop_front(axis + 1), rows.slice(axis + 1, rank - axis - 1));
  if (!outer || !inner)
    return std::nullopt;
  view.outer = *outer;
  view.inner = *inner;
  view.axis = shape[axis];
  view.element = getElementTypeOrSelf(op.getDpsInputOperand(0)->get());
  switch (view.kind) {
  case Scatter: {
    ArrayRef<int64_t> own = ArrayRef(sizes).drop_front(rank);
    ArrayRef<int64_t> ownRows = rows.drop_front(rank);
    // A sequence's steps may stand before the rows.
    size_t before = llvm::find_if(ownRows, [](int64_t n) { return n != 0; }) -
                    ownRows.begin();
    if (before == own.size())
      before = 0;
    auto asked = merge(own.drop_front(before), ownRows.drop_front(before));
    if (!asked)
      return std::nullopt;
    view.asked = *asked;
    for (int64_t size : own.take_front(before))
      view.steps *= size;
    for (int64_t size : shape.slice(note[1], axis - note[1]))
      view.unpaired *= size;
    break;
  }
  case Rank:
    view.descending = note[1];
    view.limit = note[2];
    for (Operation &inner : *op.getBody())
      if (auto compare = dyn_cast<arith::CmpIOp>(inner))
        view.isUnsigned |=
            compare.getPredicate() == arith::CmpIPredicate::ult ||
            compare.getPredicate() == arith::CmpIPredicate::ugt;
    break;
  case Cumulative:
    view.reverse = note[1];
    view.exclusive = note[2];
    break;
  }
  return view;
}
