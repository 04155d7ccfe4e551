//===- ContractionKernel.cpp - products of panels and their epilogue ----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A task computes one block of the result: for each block of k, every panel of
// B meets every panel of A in the micro-kernel, and the sums stand in scratch
// between blocks of k. When they are complete the epilogue runs over the block
// row by row, on vectors, and only it knows of edges.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/BodyEmitter.h"
#include "codegen/cpu/Contraction.h"
#include "codegen/cpu/ContractionEmitters.h"
#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/Microkernel.h"
#include "codegen/cpu/PointerBuilder.h"
#include "ir/Target.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"

using namespace mlir;
using namespace dlcc::cpu;

namespace {

class ProductEmitter {
public:
  ProductEmitter(KernelContext &context, const Contraction &contraction);

  LogicalResult emit();

private:
  void multiply();
  LogicalResult runEpilogue();
  LogicalResult epiloguePoint(Value i, Value j, Value mask);
  Value epilogueOperand(OpOperand &operand, linalg::GenericOp op);
  Value offsetOf(const Buffer &buffer, AffineMap map, int64_t &laneStride);
  Value indexOf(unsigned dim);
  Value countOf(ContractionLoop loop) {
    return contraction.rows[loop] == 0
               ? p.constant(contraction.extents[loop])
               : p.mul(context.rows, contraction.rows[loop]);
  }

  KernelContext &context;
  const Contraction &contraction;
  PointerBuilder p;
  Type type;
  int64_t lanes;
  ContractionTiles tiles;
  const Buffer *a, *b;
  /// Of the task: the batch, the block's corner and its extents.
  Value batch, m0, n0, mCount, nCount;
  /// Of the point that the epilogue stands at.
  std::array<Value, 3> indices;
  Value mask;
  llvm::DenseMap<Value, Value> values;
  std::map<std::pair<const Buffer *, const void *>, Value> loaded;
};

ProductEmitter::ProductEmitter(KernelContext &context,
                               const Contraction &contraction)
    : context(context), contraction(contraction),
      p(context.builder, context.loc), type(contraction.elementType()),
      lanes(context.target.lanes(type)) {
  auto attribute =
      context.planned->getAttrOfType<DenseI64ArrayAttr>(dlcc::attr::kTiles);
  tiles = {attribute[0], attribute[1], attribute[2], attribute[3],
           attribute[4]};
  auto packed = [&](unsigned operand) {
    linalg::GenericOp op = contraction.op;
    auto unpack = op.getInputs()[operand].getDefiningOp<linalg::UnPackOp>();
    return context.inputBuffer(unpack.getSource());
  };
  a = packed(0);
  b = packed(1);
}

LogicalResult ProductEmitter::emit() {
  int64_t mBlocks = llvm::divideCeil(contraction.extents[LoopM], tiles.rows);
  int64_t nBlocks = llvm::divideCeil(contraction.extents[LoopN], tiles.columns);
  batch = p.div(context.task, mBlocks * nBlocks);
  Value block = p.rem(context.task, mBlocks * nBlocks);
  m0 = p.mul(p.div(block, nBlocks), tiles.rows);
  n0 = p.mul(p.rem(block, nBlocks), tiles.columns);
  mCount = p.min(p.sub(countOf(LoopM), m0), p.constant(tiles.rows));
  nCount = p.min(p.sub(countOf(LoopN), n0), p.constant(tiles.columns));
  Value zero = p.constant(0);
  Value some =
      arith::AndIOp::create(*p, p.less(zero, mCount), p.less(zero, nCount));
  some = arith::AndIOp::create(*p, some, p.less(batch, countOf(LoopB)));
  LogicalResult done = success();
  p.when(some, [&] {
    multiply();
    done = runEpilogue();
  });
  return done;
}

void ProductEmitter::multiply() {
  func::FuncOp microkernel = getOrCreateMicrokernel(
      context.planned->getParentOfType<ModuleOp>(),
      {type, tiles.mr, tiles.nr, lanes, context.target.hasFusedMultiplyAdd()});
  int64_t k = contraction.extents[LoopK];
  int64_t mPanels = llvm::divideCeil(contraction.extents[LoopM], tiles.mr);
  int64_t nPanels = llvm::divideCeil(contraction.extents[LoopN], tiles.nr);
  Value kCount = countOf(LoopK);
  Value aPanel = p.add(p.mul(batch, mPanels), p.div(m0, tiles.mr));
  Value bPanel = p.add(p.mul(batch, nPanels), p.div(n0, tiles.nr));
  Value aBlock = p.at(a->base, type, p.mul(aPanel, k * tiles.mr));
  Value bBlock = p.at(b->base, type, p.mul(bPanel, k * tiles.nr));
  Value zero = p.constant(0);
  // A sum over nothing still writes its zeros, in one turn with no steps.
  Value end = arith::MaxSIOp::create(*p, kCount, p.constant(1));
  p.loop(zero, end, tiles.k, [&](Value at) {
    Value steps = p.min(p.sub(kCount, at), p.constant(tiles.k));
    Value first = arith::CmpIOp::create(*p, arith::CmpIPredicate::eq, at, zero);
    p.loop(zero, p.ceilDiv(nCount, tiles.nr), 1, [&](Value j) {
      Value right = p.at(bBlock, type,
                         p.add(p.mul(j, k * tiles.nr), p.mul(at, tiles.nr)));
      p.loop(zero, p.ceilDiv(mCount, tiles.mr), 1, [&](Value i) {
        Value left = p.at(aBlock, type,
                          p.add(p.mul(i, k * tiles.mr), p.mul(at, tiles.mr)));
        Value sums =
            p.at(context.scratch, type,
                 p.add(p.mul(i, tiles.mr * tiles.columns), p.mul(j, tiles.nr)));
        func::CallOp::create(*p, microkernel,
                             ValueRange{left, right, sums, steps,
                                        p.constant(tiles.columns), first});
      });
    });
  });
}

LogicalResult ProductEmitter::runEpilogue() {
  LogicalResult done = success();
  Value whole = p.mul(p.div(nCount, lanes), lanes);
  p.loop(p.constant(0), mCount, 1, [&](Value i) {
    p.loop(p.constant(0), whole, lanes, [&](Value j) {
      if (failed(epiloguePoint(i, j, Value())))
        done = failure();
    });
    p.when(p.less(whole, nCount), [&] {
      Value absent = firstLanes(*p, p->getLoc(), p.sub(nCount, whole), lanes);
      if (failed(epiloguePoint(i, whole, absent)))
        done = failure();
    });
  });
  return done;
}

/// The index along dimension `dim` of the result.
Value ProductEmitter::indexOf(unsigned dim) {
  linalg::GenericOp op = contraction.op;
  AffineMap result = op.getIndexingMapsArray()[2];
  unsigned loop = result.getDimPosition(dim);
  for (ContractionLoop role : {LoopB, LoopM, LoopN})
    if (contraction.loops[role] == loop)
      return indices[role];
  llvm_unreachable("the result has a dimension that is no loop");
}

/// The offset of the first lane's element, and the elements from lane to lane.
Value ProductEmitter::offsetOf(const Buffer &buffer, AffineMap map,
                               int64_t &laneStride) {
  Value offset = p.constant(0);
  laneStride = 0;
  for (auto [i, expression] : llvm::enumerate(map.getResults())) {
    unsigned dim = cast<AffineDimExpr>(expression).getPosition();
    Value index = indexOf(dim);
    offset = p.add(offset, p.mul(index, buffer.strides[i]));
    if (index == indices[LoopN])
      laneStride += buffer.strides[i];
  }
  return offset;
}

Value ProductEmitter::epilogueOperand(OpOperand &operand,
                                      linalg::GenericOp op) {
  if (Value known = values.lookup(operand.get()))
    return known;
  const Buffer *buffer = context.inputBuffer(operand.get());
  if (!buffer)
    return Value();
  AffineMap map = op.getMatchingIndexingMap(&operand);
  Value &value = loaded[{buffer, map.getAsOpaquePointer()}];
  if (value)
    return value;
  Location loc = p->getLoc();
  int64_t laneStride = 0;
  Value offset = offsetOf(*buffer, map, laneStride);
  Type element = buffer->elementType;
  Value place = elementPointer(*p, loc, buffer->base, element, offset);
  if (laneStride == 0)
    return value = load(*p, loc, place, element);
  if (laneStride == 1)
    return value =
               load(*p, loc, place, VectorType::get({lanes}, element), mask);
  Value step = splat(*p, loc, p.constant(laneStride), lanes);
  Value offsets = arith::MulIOp::create(*p, laneNumbers(*p, loc, lanes), step);
  return value = gather(*p, loc, place, offsets, element, mask);
}

/// `lanes` elements of row i of the block from column j: all that is read is
/// read before anything is stored, since a result may lie where an operand
/// does.
LogicalResult ProductEmitter::epiloguePoint(Value i, Value j, Value absent) {
  Location loc = p->getLoc();
  mask = absent;
  indices = {batch, p.add(m0, i), p.add(n0, j)};
  values.clear();
  loaded.clear();
  Value sums = p.at(context.scratch, type, p.add(p.mul(i, tiles.columns), j));
  linalg::GenericOp product = contraction.op;
  values[product->getResult(0)] =
      load(*p, loc, sums, VectorType::get({lanes}, type));

  BodyEmitter bodies(*p);
  auto index = [&](int64_t dim) -> Value {
    Value at = indexOf(dim);
    if (at != indices[LoopN])
      return at;
    return arith::AddIOp::create(*p, splat(*p, loc, at, lanes),
                                 laneNumbers(*p, loc, lanes));
  };
  auto extract = [](tensor::ExtractOp, ArrayRef<Value>) { return Value(); };
  for (auto op : context.planned.getOps<linalg::GenericOp>()) {
    if (op == product)
      continue;
    SmallVector<Value> arguments;
    for (OpOperand &operand : op->getOpOperands()) {
      bool isOutput = op.isDpsInit(&operand);
      Value value = isOutput ? Value() : epilogueOperand(operand, op);
      if (!value && !isOutput)
        return op.emitOpError("reads a tensor that the epilogue cannot");
      arguments.push_back(value);
    }
    auto results = bodies.emit(op, arguments, index, extract);
    if (failed(results))
      return failure();
    for (auto [result, value] : llvm::zip_equal(op->getResults(), *results))
      values[result] = value;
  }
  auto identity = AffineMap::getMultiDimIdentityMap(
      product.getIndexingMapsArray()[2].getNumResults(), p->getContext());
  for (auto write :
       context.planned.getOps<bufferization::MaterializeInDestinationOp>()) {
    Value value = values.lookup(write.getSource());
    auto argument = dyn_cast<BlockArgument>(write.getDest());
    if (!value || !argument)
      return write.emitOpError("stores what the kernel does not compute");
    const Buffer &buffer = context.buffers[argument.getArgNumber()];
    int64_t laneStride = 0;
    Value offset = offsetOf(buffer, identity, laneStride);
    Value place =
        elementPointer(*p, loc, buffer.base, buffer.elementType, offset);
    value = splat(*p, loc, value, lanes);
    if (laneStride == 1) {
      store(*p, loc, value, place, mask);
      continue;
    }
    Value step = splat(*p, loc, p.constant(laneStride), lanes);
    Value offsets =
        arith::MulIOp::create(*p, laneNumbers(*p, loc, lanes), step);
    scatter(*p, loc, value, place, offsets, mask);
  }
  return success();
}

} // namespace

LogicalResult dlcc::cpu::emitProduct(KernelContext &context) {
  auto contraction = readContraction(findContraction(context.planned));
  if (failed(contraction))
    return failure();
  return ProductEmitter(context, *contraction).emit();
}

LogicalResult dlcc::cpu::emitContraction(KernelContext &context) {
  for (auto pack : context.planned.getOps<linalg::PackOp>())
    return emitPack(context, pack);
  return emitProduct(context);
}
