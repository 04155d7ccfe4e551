//===- ChooseWinograd.cpp - convolutions with fewer products --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A convolution by windows of 3 or 5 that move by one can be computed in tiles
// of 2 or 4 results along each axis, with as many products as a tile sees
// elements, rather than one for each result and element of the window. What
// that saves must make up for bringing image, filters and results into the
// form in which they are multiplied.
//
// The choice depends on shapes alone, so results do not depend on the machine.
// Larger tiles are less exact, and have to save more.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/LookThrough.h"
#include "passes/Passes.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace dlcc;
using namespace dlcc::dlc;

namespace dlcc {
#define GEN_PASS_DEF_CHOOSEWINOGRADPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

namespace {

using Axes = SmallVector<int64_t>;

/// Multiply-adds of a convolution below which nothing is gained.
constexpr double kFewProducts = 1 << 22;
/// Channels and columns that do not fill a vector are transformed in vain.
constexpr int64_t kFewChannels = 16;
/// Channels and columns for which an operand is transformed again.
constexpr double kBlock = 64;
/// Elements that stay in a cache near by, and time in multiply-adds to bring a
/// filter into order and transform it where they do not.
constexpr double kCachedElements = 1 << 18, kThroughMemory = 1000;
/// Elements of filters whose gradient has tasks enough without parts.
constexpr int64_t kManyFilters = 64 * 64;
/// What parts may cost at most, relative to none.
constexpr double kCheapParts = 1.25;
/// Of the plain sum's time, what Winograd's algorithm may take at most, and of
/// the time with smaller tiles, which are more exact.
constexpr double kWorthwhile = 0.8;

/// One side of the contraction.
struct Side {
  Value value;
  Axes batch, contract;

  RankedTensorType type() const {
    return cast<RankedTensorType>(value.getType());
  }
  int64_t size(int64_t axis) const { return type().getDimSize(axis); }
  bool isContracted(int64_t axis) const {
    return llvm::is_contained(contract, axis);
  }
  Axes free() const {
    Axes axes;
    for (int64_t axis : llvm::seq<int64_t>(type().getRank()))
      if (!isContracted(axis) && !llvm::is_contained(batch, axis))
        axes.push_back(axis);
    return axes;
  }
  /// Those of `axes` that have more than one element.
  Axes many(ArrayRef<int64_t> axes) const {
    return llvm::filter_to_vector(axes,
                                  [&](int64_t axis) { return size(axis) > 1; });
  }
};

/// A contraction with a window of both axes of an image.
struct Convolution {
  static std::optional<Convolution> match(ContractOp op);

  Side image, factor;
  bool windowIsLeft;
  /// Whether the window's own axes are kept: the gradient of filters.
  bool isGradient;
  int64_t window, images, channels, columns, places[2];
  /// The axis of the image along which places[0] lie.
  int64_t lines;
};

std::optional<Convolution> Convolution::match(ContractOp op) {
  Convolution result;
  Side left{op.getLhs(), Axes(op.getLhsBatch()), Axes(op.getLhsContract())};
  Side right{op.getRhs(), Axes(op.getRhsBatch()), Axes(op.getRhsContract())};
  result.windowIsLeft = left.value.getDefiningOp<WindowOp>() != nullptr;
  result.image = result.windowIsLeft ? left : right;
  result.factor = result.windowIsLeft ? right : left;
  const Side &image = result.image, &factor = result.factor;
  auto window = image.value.getDefiningOp<WindowOp>();
  auto one = [](int64_t number) { return std::abs(number) == 1; };
  if (!window || factor.value.getDefiningOp<WindowOp>() ||
      !op.getType().getElementType().isF32() ||
      !image.type().getElementType().isF32() || window.getAxes().size() != 2 ||
      !llvm::all_of(window.getStrides(), one) ||
      !llvm::all_of(window.getDilations(), one) ||
      !llvm::all_equal(window.getDilations()) ||
      !llvm::all_equal(window.getSizes()))
    return std::nullopt;
  result.window = window.getSizes().front();

  // The channels are innermost in memory.
  int64_t rank = window.getOperand().getType().getRank(), channel = rank - 1;
  if (isRepeated(window.getOperand().getDefiningOp()) ||
      llvm::is_contained(window.getAxes(), channel) ||
      llvm::is_contained(image.batch, channel))
    return std::nullopt;
  result.isGradient = !image.isContracted(channel);
  for (auto [i, axis] : llvm::enumerate(window.getAxes())) {
    if (image.isContracted(axis) != result.isGradient ||
        image.isContracted(rank + i) == result.isGradient)
      return std::nullopt;
    result.places[i] = image.size(axis);
  }
  result.lines = window.getAxes().front();
  if (result.isGradient && window.getDilations().front() < 0)
    return std::nullopt;

  // What is left over are images.
  Axes others = result.isGradient ? image.contract : image.free();
  llvm::erase_if(others, [&](int64_t axis) {
    return axis >= channel || llvm::is_contained(window.getAxes(), axis);
  });
  Axes kept = result.isGradient ? image.free() : image.contract;
  others = image.many(others);
  Axes columns = factor.many(factor.free());
  if (others.size() > 1 || kept.size() != 3 || columns.size() != 1)
    return std::nullopt;
  // Rows that a call leaves out are those of images only.
  Dims imageDims = getDims(image.type()), factorDims = getDims(factor.type());
  if (!imageDims[channel].name.empty() ||
      !factorDims[columns.front()].name.empty() ||
      llvm::any_of(window.getAxes(),
                   [&](int64_t axis) { return !imageDims[axis].name.empty(); }))
    return std::nullopt;
  result.images = others.empty() ? 1 : image.size(others.front());
  result.channels = image.size(channel);
  result.columns = factor.size(columns.front());
  // dy is read as it lies; filters are brought into order.
  if (result.isGradient && (isRepeated(factor.value.getDefiningOp()) ||
                            columns.front() != factor.type().getRank() - 1))
    return std::nullopt;
  return result;
}

/// Time in multiply-adds of one element, with tiles of `tile` places; 0: the
/// plain sum. Lines are cut into `parts` that have tiles of their own.
double cost(const Convolution &op, int64_t tile, int64_t parts = 1) {
  double channels = op.channels, columns = op.columns, images = op.images;
  if (tile == 0)
    return images * op.places[0] * op.places[1] * op.window * op.window *
           channels * columns;
  int64_t points = tile + op.window - 1;
  double tiles = images * parts * llvm::divideCeil(op.places[0] / parts, tile) *
                 llvm::divideCeil(op.places[1], tile);
  // Loads, arithmetic and stores of a transform of an image, of filters (dy)
  // and of sums, for a tile and vector.
  double image = points == 4 ? 80 : 290, other = points == 4 ? 60 : 180;
  double again = std::max(1.0, columns / kBlock);
  double work = points * points * channels * columns * 1.15;
  if (op.isGradient)
    return tiles * (work + image * channels * again +
                    other * columns * std::max(1.0, channels / kBlock));
  // Many filters, transformed, go through memory.
  bool isCached = points * points * channels * columns <= kCachedElements;
  return tiles * (work + image * channels * again + other * columns) +
         (isCached ? 2 * other : kThroughMemory) * channels * columns;
}

/// The tile that is worthwhile, 0 for none.
int64_t chooseTile(const Convolution &op) {
  int64_t best = 0;
  if ((op.window != 3 && op.window != 5) || op.channels < kFewChannels ||
      op.columns < kFewChannels || cost(op, 0) < kFewProducts)
    return 0;
  for (int64_t tile : {2, 4})
    if (tile + op.window - 1 <= 6 &&
        cost(op, tile) < kWorthwhile * cost(op, best))
      best = tile;
  return best;
}

/// The parts of equal lines in which the gradient of filters is summed: tasks
/// for several threads, where channels and columns give few, as long as tiles
/// hardly reach beyond the parts.
int64_t chooseParts(const Convolution &op, int64_t tile) {
  int64_t best = 1;
  if (op.channels * op.columns >= kManyFilters)
    return best;
  for (int64_t parts = 2; parts <= op.places[0]; ++parts)
    if (op.places[0] % parts == 0 &&
        cost(op, tile, parts) < kCheapParts * cost(op, tile))
      best = parts;
  return best;
}

/// Takes the lines of the image, and of dy, apart into (part, line): parts are
/// the first axis of the batch, lines are summed as before.
void splitLines(OpBuilder &builder, Location loc, Convolution &op,
                int64_t parts) {
  Side &image = op.image, &dy = op.factor;
  int64_t each = op.places[0] / parts;
  int64_t position =
      llvm::find(image.contract, op.lines) - image.contract.begin();
  // Windows of windows: their elements are the lines of a part.
  image.contract[position] = image.type().getRank();
  image.batch.insert(image.batch.begin(), op.lines);
  image.value = WindowOp::create(builder, loc, image.value, op.lines, each,
                                 /*strides=*/each, /*dilations=*/1);

  int64_t lines = dy.contract[position];
  Dims dims = getDims(dy.type());
  dims[lines] = Dim{parts, ""};
  dims.insert(dims.begin() + lines + 1, Dim{each, ""});
  dy.value = ReshapeOp::create(
      builder, loc,
      getTensorType(builder.getContext(), dims, dy.type().getElementType()),
      dy.value);
  for (Axes *axes : {&dy.batch, &dy.contract})
    for (int64_t &axis : *axes)
      axis += axis >= lines;
  dy.batch.insert(dy.batch.begin(), lines);
}

/// Brings the filters into the order [batch, window, channels, columns] of a
/// tensor of their own.
void storeFilters(OpBuilder &builder, Location loc, Side &filters) {
  Axes order(filters.batch);
  llvm::append_range(order, filters.contract);
  llvm::append_range(order, filters.free());
  auto stored = TransposeOp::create(builder, loc, filters.value, order);
  stored->setAttr(attr::kStored, builder.getUnitAttr());
  filters.value = stored;
  std::iota(filters.batch.begin(), filters.batch.end(), 0);
  std::iota(filters.contract.begin(), filters.contract.end(),
            int64_t(filters.batch.size()));
}

/// The contraction with the window on the left, its own axes before those of
/// the image where they are kept, so that results have the columns innermost.
void rewrite(ContractOp op, Convolution &convolution, int64_t tile) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Side &image = convolution.image, &factor = convolution.factor;
  // The result's axes, now and then: axes of the image, and of the factor
  // behind.
  Axes batch(image.batch), ofImage = image.free(), ofFactor = factor.free();
  int64_t rank = image.type().getRank();
  for (int64_t &axis : ofFactor)
    axis += rank;
  Axes now(batch), then(batch);
  llvm::append_range(now, convolution.windowIsLeft ? ofImage : ofFactor);
  llvm::append_range(now, convolution.windowIsLeft ? ofFactor : ofImage);

  int64_t parts = 1;
  if (convolution.isGradient) {
    parts = chooseParts(convolution, tile);
    if (parts > 1)
      splitLines(builder, loc, convolution, parts);
    // Free are the channels and the window's axes, which come first.
    Axes order(image.batch);
    llvm::append_range(order, image.contract);
    llvm::sort(ofImage, [&](int64_t a, int64_t b) {
      return std::pair(a < rank - 2, a) < std::pair(b < rank - 2, b);
    });
    llvm::append_range(order, ofImage);
    image.value = TransposeOp::create(builder, loc, image.value, order);
    std::iota(image.batch.begin(), image.batch.end(), 0);
    std::iota(image.contract.begin(), image.contract.end(),
              int64_t(image.batch.size()));
  } else {
    storeFilters(builder, loc, factor);
  }
  llvm::append_range(then, ofImage);
  llvm::append_range(then, ofFactor);
  auto tiled =
      ContractOp::create(builder, loc, image.value, factor.value, image.batch,
                         factor.batch, image.contract, factor.contract);
  int64_t window = convolution.window;
  tiled->setAttr(attr::kWinograd,
                 builder.getDenseI64ArrayAttr(convolution.isGradient
                                                  ? ArrayRef{window, tile}
                                                  : ArrayRef{tile, window}));
  Value result = tiled;
  if (parts > 1)
    result = ReduceOp::create(builder, loc, ReduceKind::Sum, result,
                              ArrayRef<int64_t>{0});
  if (now != then) {
    Axes order;
    for (int64_t axis : now)
      order.push_back(llvm::find(then, axis) - then.begin());
    result = TransposeOp::create(builder, loc, result, order);
  }
  op.replaceAllUsesWith(result);
  op.erase();
}

class ChooseWinogradPass
    : public dlcc::impl::ChooseWinogradPassBase<ChooseWinogradPass> {
  void runOnOperation() override {
    SmallVector<ContractOp> ops;
    getOperation().walk([&](ContractOp op) { ops.push_back(op); });
    for (ContractOp op : ops)
      if (std::optional<Convolution> convolution = Convolution::match(op))
        if (int64_t tile = chooseTile(*convolution))
          rewrite(op, *convolution, tile);
  }
};

} // namespace
