//===- PackOperand.cpp - an operand of a contraction becomes panels -----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A panel holds, for each k in turn, `size` elements of the dimension that it
// cuts (m or n), so that the micro-kernel reads both operands from beginning
// to end. Three ways, by what lies together in memory: copies where it is the
// panel's dimension, transposed blocks in registers where it is k, gathers
// where it is neither. Elements beyond the operand are zeros.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionEmitters.h"
#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/PointerBuilder.h"
#include "ir/Target.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlcc::cpu;

namespace {

class Packer {
public:
  Packer(KernelContext &context, linalg::PackOp pack);

  void emit();

private:
  void packPanel(Value source, Value target, Value count);
  void copyRows(Value source, Value target, Value count);
  void gatherRows(Value source, Value target, Value count);
  void transposeBlocks(Value source, Value target, Value count);
  void transposeBlock(Value source, Value target, Value present, Value kLeft,
                      int64_t width, bool whole);

  Value rowsOr(int64_t multiple, int64_t extent) {
    return multiple == 0 ? p.constant(extent) : p.mul(context.rows, multiple);
  }
  Value element(Value pointer, Value index) {
    return p.at(pointer, type, index);
  }

  KernelContext &context;
  PointerBuilder p;
  const Buffer &source, &target;
  Type type;
  int64_t size;                 // of a panel
  int64_t batch = 1, extent, k; // static extents
  int64_t batchStride = 0, stride, kStride;
  int64_t lanes;
  Value kCount;
  DenseI64ArrayAttr rows;
};

Packer::Packer(KernelContext &context, linalg::PackOp pack)
    : context(context), p(context.builder, context.loc),
      source(*context.inputBuffer(pack.getSource())),
      target(*context.outputBuffers(pack.getResult()).front()),
      type(source.elementType), size(pack.getStaticInnerTiles().front()),
      lanes(context.target.lanes(source.elementType)),
      rows(context.planned->getAttrOfType<DenseI64ArrayAttr>(
          dlcc::attr::kRows)) {
  ArrayRef<int64_t> order = pack.getOuterDimsPerm();
  if (order.size() == 3) {
    batch = source.shape[order[0]];
    batchStride = source.strides[order[0]];
    order = order.drop_front();
  }
  extent = source.shape[order[0]];
  stride = source.strides[order[0]];
  k = source.shape[order[1]];
  kStride = source.strides[order[1]];
}

void Packer::emit() {
  int64_t perBatch = llvm::divideCeil(extent, size);
  int64_t panels = batch * perBatch;
  auto tasks = context.planned->getAttrOfType<IntegerAttr>(dlcc::attr::kTasks);
  int64_t perTask =
      llvm::divideCeil(panels, std::max<int64_t>(1, tasks.getInt()));
  kCount = rowsOr(rows[2], k);
  Value count = rowsOr(rows[1], extent);
  Value first = p.mul(context.task, perTask);
  Value last = p.min(p.add(first, p.constant(perTask)), p.constant(panels));
  p.loop(first, last, 1, [&](Value panel) {
    Value b = p.div(panel, perBatch);
    Value start = p.mul(p.rem(panel, perBatch), size);
    Value left = p.min(p.sub(count, start), p.constant(size));
    p.when(p.less(p.constant(0), left), [&] {
      Value from = element(source.base,
                           p.add(p.mul(b, batchStride), p.mul(start, stride)));
      Value to = element(target.base, p.mul(panel, k * size));
      packPanel(from, to, left);
    });
  });
}

void Packer::packPanel(Value from, Value to, Value count) {
  if (stride == 1)
    return copyRows(from, to, count);
  if (kStride == 1)
    return transposeBlocks(from, to, count);
  gatherRows(from, to, count);
}

void Packer::copyRows(Value from, Value to, Value count) {
  auto vector = VectorType::get({size}, type);
  auto copy = [&](bool whole) {
    Value mask = whole ? Value() : firstLanes(*p, p->getLoc(), count, size);
    p.loop(p.constant(0), kCount, 1, [&](Value at) {
      Value row = load(*p, p->getLoc(), element(from, p.mul(at, kStride)),
                       vector, mask);
      store(*p, p->getLoc(), row, element(to, p.mul(at, size)));
    });
  };
  Value whole = p.less(p.constant(size - 1), count);
  p.when(whole, [&] { copy(true); });
  p.when(p.less(count, p.constant(size)), [&] { copy(false); });
}

void Packer::gatherRows(Value from, Value to, Value count) {
  Location loc = p->getLoc();
  Value mask = firstLanes(*p, loc, count, size);
  Value step = splat(*p, loc, p.constant(stride), size);
  Value offsets = arith::MulIOp::create(*p, laneNumbers(*p, loc, size), step);
  p.loop(p.constant(0), kCount, 1, [&](Value at) {
    Value row =
        gather(*p, loc, element(from, p.mul(at, kStride)), offsets, type, mask);
    store(*p, loc, row, element(to, p.mul(at, size)));
  });
}

/// Blocks of `lanes` panel elements times `lanes` steps of k.
void Packer::transposeBlocks(Value from, Value to, Value count) {
  auto blocks = [&](Value start, int64_t width) {
    Value present = p.sub(count, start);
    Value blockFrom = element(from, p.mul(start, stride));
    Value blockTo = element(to, start);
    p.loop(p.constant(0), kCount, lanes, [&](Value at) {
      Value left = p.sub(kCount, at);
      Value source = element(blockFrom, at);
      Value target = element(blockTo, p.mul(at, size));
      Value whole =
          arith::AndIOp::create(*p, p.less(p.constant(lanes - 1), left),
                                p.less(p.constant(width - 1), present));
      auto branch = scf::IfOp::create(*p, whole, /*withElse=*/true);
      OpBuilder::InsertionGuard guard(*p);
      p->setInsertionPointToStart(branch.thenBlock());
      transposeBlock(source, target, present, left, width, true);
      p->setInsertionPointToStart(branch.elseBlock());
      transposeBlock(source, target, present, left, width, false);
    });
  };
  p.loop(p.constant(0), p.constant(size / lanes * lanes), lanes,
         [&](Value start) { blocks(start, lanes); });
  if (size % lanes != 0)
    blocks(p.constant(size / lanes * lanes), size % lanes);
}

/// Transposes in log2(lanes) rounds: round h exchanges the blocks of h lanes
/// that lie across the diagonal of each 2h x 2h block.
void Packer::transposeBlock(Value from, Value to, Value present, Value kLeft,
                            int64_t width, bool whole) {
  Location loc = p->getLoc();
  auto vector = VectorType::get({lanes}, type);
  SmallVector<Value> rows;
  for (int64_t i = 0; i != lanes; ++i) {
    if (i >= width) {
      rows.push_back(zeroOf(*p, loc, vector));
      continue;
    }
    Value mask;
    if (!whole) {
      Value here = p.less(p.constant(i), present);
      Value lanesHere = arith::SelectOp::create(*p, here, kLeft, p.constant(0));
      mask = firstLanes(*p, loc, lanesHere, lanes);
    }
    rows.push_back(
        load(*p, loc, element(from, p.constant(i * stride)), vector, mask));
  }
  for (int64_t half = lanes / 2; half >= 1; half /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane != lanes; ++lane) {
      bool upper = lane & half;
      low.push_back(upper ? lanes + lane - half : lane);
      high.push_back(upper ? lanes + lane : lane + half);
    }
    for (int64_t i = 0; i != lanes; ++i) {
      if (i & half)
        continue;
      Value a = rows[i], b = rows[i + half];
      rows[i] = vector::ShuffleOp::create(*p, a, b, low);
      rows[i + half] = vector::ShuffleOp::create(*p, a, b, high);
    }
  }
  for (int64_t i = 0; i != lanes; ++i) {
    Value row = rows[i];
    if (width != lanes)
      row = vector::ExtractStridedSliceOp::create(*p, row, ArrayRef<int64_t>{0},
                                                  ArrayRef<int64_t>{width},
                                                  ArrayRef<int64_t>{1});
    Value place = element(to, p.constant(i * size));
    if (whole) {
      store(*p, loc, row, place);
      continue;
    }
    p.when(p.less(p.constant(i), kLeft), [&] { store(*p, loc, row, place); });
  }
}

} // namespace

LogicalResult dlcc::cpu::emitPack(KernelContext &context, linalg::PackOp pack) {
  Packer(context, pack).emit();
  return success();
}
