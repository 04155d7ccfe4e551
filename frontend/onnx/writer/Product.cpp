//===- Product.cpp - products, convolutions -------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/writer/OpWriter.h"
#include "frontend/onnx/writer/Refusal.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace dlcc;
using namespace dlcc::dlc;
using namespace dlcc::onnx_writer;
using llvm::SmallVector;

using Axes = SmallVector<int64_t>;

static Axes join(std::initializer_list<Ints> lists) {
  Axes all;
  for (Ints list : lists)
    all.append(list.begin(), list.end());
  return all;
}

/// The dimensions of so many that are none of these.
static Axes others(int64_t rank, Ints some) {
  Axes rest;
  for (int64_t axis : llvm::seq<int64_t>(0, rank))
    if (!llvm::is_contained(some, axis))
      rest.push_back(axis);
  return rest;
}

static Shape pick(const Shape &shape, Ints axes) {
  Shape picked;
  for (int64_t axis : axes)
    picked.push_back(shape[axis]);
  return picked;
}

static Shape operator+(Shape lhs, const Shape &rhs) {
  lhs.append(rhs);
  return lhs;
}

static bool isZero(mlir::Attribute value) {
  auto number = llvm::dyn_cast<mlir::FloatAttr>(value);
  return number && number.getValue().isZero();
}

namespace {
/// The dimensions of a product, each a place in its operand: those of both
/// (batch), those that are summed, and the rest.
struct Roles {
  Axes lhsBatch, rhsBatch, lhsSum, rhsSum, lhsRest, rhsRest;

  explicit Roles(ContractOp op)
      : lhsBatch(op.getLhsBatch()), rhsBatch(op.getRhsBatch()),
        lhsSum(op.getLhsContract()), rhsSum(op.getRhsContract()) {
    lhsRest = others(op.getLhs().getType().getRank(), join({lhsBatch, lhsSum}));
    rhsRest = others(op.getRhs().getType().getRank(), join({rhsBatch, rhsSum}));
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

namespace {
/// A product with a window as a Conv. The window's operand has dimensions of
/// rows (all that remain beside the places), groups (batch) and channels.
struct Convolution {
  Sliding sliding;
  Roles roles;
  Axes rows, channels, kernel; ///< kernel: the filter's dimensions

  /// Whether it is one; then the rest is filled in.
  bool match(ContractOp op);
  Tensor write(GraphBuilder &b, Tensor image, Tensor filter,
               const Shape &places);
};
} // namespace

bool Convolution::match(ContractOp op) {
  if (!llvm::isa<mlir::FloatType>(op.getLhs().getType().getElementType()) ||
      sliding.axes.size() > 3 ||
      llvm::any_of(sliding.dilations, [](int64_t d) { return d < 1; }))
    return false;
  int64_t rank = op.getLhs().getType().getRank() - int64_t(sliding.axes.size());
  for (int64_t axis : sliding.axes)
    if (!llvm::is_contained(roles.lhsRest, axis))
      return false;
  // The window's own dimensions are all summed, in their order.
  for (int64_t i : llvm::seq<int64_t>(0, sliding.axes.size())) {
    auto *found = llvm::find(roles.lhsSum, rank + i);
    if (found == roles.lhsSum.end())
      return false;
    kernel.push_back(roles.rhsSum[found - roles.lhsSum.begin()]);
  }
  for (int64_t axis : roles.lhsSum)
    if (axis < rank)
      channels.push_back(axis);
  for (int64_t axis : roles.lhsRest) {
    if (axis >= rank)
      return false;
    if (!llvm::is_contained(sliding.axes, axis))
      rows.push_back(axis);
  }
  return true;
}

Tensor Convolution::write(GraphBuilder &b, Tensor image, Tensor filter,
                          const Shape &places) {
  Axes filterChannels;
  for (int64_t axis : channels)
    filterChannels.push_back(
        roles.rhsSum[llvm::find(roles.lhsSum, axis) - roles.lhsSum.begin()]);
  Shape rowDims = pick(image.shape, rows),
        groups = pick(image.shape, roles.lhsBatch),
        depth = pick(image.shape, channels),
        filters = pick(filter.shape, roles.rhsRest);
  Tensor x =
      b.transpose(image, join({rows, roles.lhsBatch, channels, sliding.axes}));
  x = b.reshape(x, Shape{productOf(rowDims), productOf(groups + depth)} +
                       pick(image.shape, sliding.axes));
  Tensor w = b.transpose(
      filter, join({roles.rhsBatch, roles.rhsRest, filterChannels, kernel}));
  w = b.reshape(w,
                Shape{productOf(pick(filter.shape, roles.rhsBatch) + filters),
                      productOf(depth)} +
                    pick(filter.shape, kernel));
  Tensor y;
  y.name = b.node("Conv", {x.name, w.name});
  sliding.describe(b);
  b.setInts("dilations", sliding.dilations);
  b.setInt("group", productOf(groups).size);
  y.shape = Shape{productOf(rowDims), productOf(groups + filters)} + places;
  y = b.reshape(y, rowDims + groups + filters + places);
  // The dialect has the groups first, then rows and places in the order of the
  // image, then the filters.
  int64_t r = rows.size(), g = groups.size(), f = filters.size();
  Axes order = range(r, r + g);
  for (int64_t axis : roles.lhsRest) {
    auto *row = llvm::find(rows, axis);
    order.push_back(row != rows.end() ? row - rows.begin()
                                      : r + g + f +
                                            (llvm::find(sliding.axes, axis) -
                                             sliding.axes.begin()));
  }
  llvm::append_range(order, range(r + g, r + g + f));
  return b.transpose(y, order);
}

//===----------------------------------------------------------------------===//
// Transposed convolutions
//===----------------------------------------------------------------------===//

/// The sum of windows that are a product of an image and filters, as a
/// ConvTranspose; nothing where it is none.
static std::optional<Tensor> writeTransposed(GraphBuilder &b, UnwindowOp op,
                                             ContractOp product,
                                             const Tensor &image,
                                             const Tensor &filter) {
  Roles roles(product);
  int64_t count = op.getAxes().size(), batch = roles.lhsBatch.size(),
          rest = roles.lhsRest.size(),
          filters = int64_t(roles.rhsRest.size()) - count;
  mlir::RankedTensorType type = op.getResult().getType();
  if (!llvm::isa<mlir::FloatType>(type.getElementType()) || count > 3 ||
      filters < 0 ||
      llvm::any_of(op.getDilations(), [](int64_t d) { return d < 1; }))
    return std::nullopt;
  Axes places, rows; // of the image
  for (int64_t axis : op.getAxes()) {
    if (axis < batch || axis >= batch + rest)
      return std::nullopt;
    places.push_back(roles.lhsRest[axis - batch]);
  }
  for (int64_t axis : roles.lhsRest)
    if (!llvm::is_contained(places, axis))
      rows.push_back(axis);
  Ints outer = Ints(roles.rhsRest).drop_back(count),
       kernel = Ints(roles.rhsRest).take_back(count);
  Shape rowDims = pick(image.shape, rows),
        groups = pick(image.shape, roles.lhsBatch),
        depth = pick(image.shape, roles.lhsSum),
        filterDims = pick(filter.shape, outer);
  Tensor x =
      b.transpose(image, join({rows, roles.lhsBatch, roles.lhsSum, places}));
  x = b.reshape(x, Shape{productOf(rowDims), productOf(groups + depth)} +
                       pick(image.shape, places));
  Tensor w =
      b.transpose(filter, join({roles.rhsBatch, roles.rhsSum, outer, kernel}));
  w = b.reshape(w, Shape{productOf(groups + depth), productOf(filterDims)} +
                       pick(filter.shape, kernel));
  Axes sizes, missing(2 * (2 + count));
  Shape extents;
  for (auto [i, axis] : llvm::enumerate(op.getAxes())) {
    sizes.push_back(op.getSizes()[i]);
    int64_t covered = (image.shape[places[i]].size - 1) * op.getStrides()[i] +
                      (sizes[i] - 1) * op.getDilations()[i] + 1;
    missing[2 + count + 2 + i] = type.getDimSize(axis) - covered;
    extents.push_back({type.getDimSize(axis), 0});
  }
  Tensor y;
  y.name = b.node("ConvTranspose", {x.name, w.name});
  b.setInts("kernel_shape", sizes);
  b.setInts("strides", op.getStrides());
  b.setInts("dilations", op.getDilations());
  b.setInt("group", productOf(groups).size);
  // Elements behind the last window are 0.
  if (llvm::any_of(missing, [](int64_t n) { return n != 0; }))
    y.name = b.node("Pad", {y.name, b.ints(missing)});
  y.shape = Shape{productOf(rowDims), productOf(groups + filterDims)} + extents;
  y = b.reshape(y, rowDims + groups + filterDims + extents);
  int64_t r = rows.size(), g = groups.size();
  Axes order = range(r, r + g);
  for (int64_t axis : roles.lhsRest) {
    auto *row = llvm::find(rows, axis);
    order.push_back(row != rows.end()
                        ? row - rows.begin()
                        : r + g + filters +
                              (llvm::find(places, axis) - places.begin()));
  }
  llvm::append_range(order, range(r + g, r + g + filters));
  return b.transpose(y, order);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// A product of two matrices, or of a stack with a matrix.
static std::optional<Tensor> writeMatMul(GraphBuilder &b, const Roles &roles,
                                         const Tensor &lhs, const Tensor &rhs,
                                         bool isFloat) {
  if (!roles.lhsBatch.empty() || roles.lhsSum.size() != 1 ||
      roles.rhsRest.size() != 1 || roles.lhsRest.empty())
    return std::nullopt;
  Shape shape = pick(lhs.shape, roles.lhsRest) + pick(rhs.shape, roles.rhsRest);
  if (roles.lhsRest.size() == 1 && isFloat) {
    Tensor result = {b.node("Gemm", {lhs.name, rhs.name}), shape};
    if (roles.lhsSum[0] == 0)
      b.setInt("transA", 1);
    if (roles.rhsSum[0] == 1)
      b.setInt("transB", 1);
    return result;
  }
  Tensor left = b.transpose(lhs, join({roles.lhsRest, roles.lhsSum}));
  Tensor right = b.transpose(rhs, join({roles.rhsSum, roles.rhsRest}));
  return Tensor{b.node("MatMul", {left.name, right.name}), shape};
}

/// A stack of products of two matrices.
static std::optional<Tensor> writeStack(GraphBuilder &b, const Roles &roles,
                                        const Tensor &lhs, const Tensor &rhs) {
  if (roles.lhsBatch.empty() || roles.lhsSum.size() != 1 ||
      roles.lhsRest.size() != 1 || roles.rhsRest.size() != 1)
    return std::nullopt;
  Tensor left =
      b.transpose(lhs, join({roles.lhsBatch, roles.lhsRest, roles.lhsSum}));
  Tensor right =
      b.transpose(rhs, join({roles.rhsBatch, roles.rhsSum, roles.rhsRest}));
  return Tensor{b.node("MatMul", {left.name, right.name}),
                pick(lhs.shape, join({roles.lhsBatch, roles.lhsRest})) +
                    pick(rhs.shape, roles.rhsRest)};
}

/// Any other, with a letter for each dimension.
static Tensor writeEinsum(GraphBuilder &b, const Roles &roles,
                          const Tensor &lhs, const Tensor &rhs) {
  std::string left(lhs.shape.size(), ' '), right(rhs.shape.size(), ' '), result;
  char next = 'a';
  if (lhs.shape.size() + rhs.shape.size() > 26)
    throw Refusal("a product of so many dimensions is not supported");
  auto name = [&](Ints first, Ints second) {
    for (auto [a, c] : llvm::zip(first, second))
      left[a] = right[c] = next++;
  };
  name(roles.lhsBatch, roles.rhsBatch);
  name(roles.lhsSum, roles.rhsSum);
  for (char &letter : left)
    letter = letter == ' ' ? next++ : letter;
  for (char &letter : right)
    letter = letter == ' ' ? next++ : letter;
  for (int64_t axis : join({roles.lhsBatch, roles.lhsRest}))
    result += left[axis];
  for (int64_t axis : roles.rhsRest)
    result += right[axis];
  Tensor tensor = {b.node("Einsum", {lhs.name, rhs.name}),
                   pick(lhs.shape, join({roles.lhsBatch, roles.lhsRest})) +
                       pick(rhs.shape, roles.rhsRest)};
  b.setText("equation", left + "," + right + "->" + result);
  return tensor;
}

bool OpWriter::writeProduct(mlir::Operation *op) {
  if (auto unwindow = llvm::dyn_cast<UnwindowOp>(op)) {
    auto product = unwindow.getOperand().getDefiningOp<ContractOp>();
    if (!product)
      return false;
    std::optional<Tensor> result = writeTransposed(
        b, unwindow, product, full(product.getLhs()), full(product.getRhs()));
    if (result)
      set(unwindow, *result);
    return result.has_value();
  }
  auto product = llvm::dyn_cast<ContractOp>(op);
  if (!product)
    return false;
  if (auto window = product.getLhs().getDefiningOp<WindowOp>()) {
    Convolution convolution = {
        Sliding(window, isZero), Roles(product), {}, {}, {}};
    if (convolution.match(product)) {
      Shape seen = b.shapeOf(window.getType());
      set(product, convolution.write(b, full(convolution.sliding.operand),
                                     full(product.getRhs()),
                                     pick(seen, convolution.sliding.axes)));
      return true;
    }
  }
  Roles roles(product);
  Tensor lhs = full(product.getLhs()), rhs = full(product.getRhs());
  bool isFloat =
      llvm::isa<mlir::FloatType>(product.getLhs().getType().getElementType());
  std::optional<Tensor> result = writeMatMul(b, roles, lhs, rhs, isFloat);
  if (!result)
    result = writeStack(b, roles, lhs, rhs);
  set(product, result ? *result : writeEinsum(b, roles, lhs, rhs));
  return true;
}
