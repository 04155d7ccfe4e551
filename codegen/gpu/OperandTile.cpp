//===- OperandTile.cpp - a tile of an operand in shared memory ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/OperandTile.h"

#include "codegen/StorageType.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlcc::gpu {

OperandTile::OperandTile(KernelContext &context, const ContractionPlan &plan,
                         const Operand &operand, const Axis &axis,
                         int64_t extent, int64_t step, Value base, Value first)
    : context(context), plan(plan), p(context.builder()), operand(operand),
      axis(axis), extent(extent), step(step), base(base), first(first),
      buffer(context.inputBuffer(operand.tensor)) {
  chooseWay();
  Value thread = p.threadId();
  Value bound = boundOf(p, axis, context.rows);
  auto addRow = [&](Value row) {
    Value index = p.add(first, row);
    Value valid = p.less(index, bound);
    rowPlaces.push_back(row);
    rowValid.push_back(valid);
    rowOffsets.push_back(AxisIndex(p, axis, index).offset(p, operand.access));
  };
  count = extent * kDepth / lanes / kBlockThreads;
  if (alongDepth)
    for (int64_t i = 0; i < count; ++i)
      addRow(p.add(p.div(thread, kDepth), i * (kBlockThreads / kDepth)));
  else
    addRow(p.mul(p.rem(thread, extent / lanes), lanes));
}

/// Whether four neighbours along the axis lie within one aligned access, in
/// every tile.
bool OperandTile::mayTakeLanes() const {
  constexpr int64_t width = 4;
  if (!plan.isAsync || extent < 4 * kSide || buffer->alignment < 16 ||
      axis.parts.empty() || operand.access.step(axis) != 1 ||
      axis.parts.back().extent % width != 0 || axis.rows % width != 0 ||
      operand.access.constant % width != 0)
    return false;
  const AxisPart &innermost = axis.parts.back();
  for (auto [dim, stride] : llvm::enumerate(operand.access.strides))
    if (int64_t(dim) != innermost.dim && stride % width != 0)
      return false;
  return true;
}

void OperandTile::chooseWay() {
  SmallVector<Axis> summed = plan.summed();
  bool rowsLie = operand.access.step(axis) == 1;
  bool depthLies = !summed.empty() && operand.access.step(summed.back()) == 1;
  alongDepth = !rowsLie && (depthLies || axis.dim < 0);
  if (!alongDepth && mayTakeLanes())
    lanes = 4;
}

/// An element as it is multiplied.
Value OperandTile::convert(Value element) {
  Type wanted = plan.view.computeType();
  if (operand.isRounded)
    element = arith::TruncFOp::create(*p, p->getBF16Type(), element);
  Type type = element.getType();
  if (type == wanted)
    return element;
  if (isa<FloatType>(wanted))
    return arith::ExtFOp::create(*p, wanted, element);
  if (operand.isUnsigned)
    return arith::ExtUIOp::create(*p, wanted, element);
  return arith::ExtSIOp::create(*p, wanted, element);
}

void OperandTile::copy(Value shared, Value k, Value end) {
  Value thread = p.threadId();
  SmallVector<Axis> summed = plan.summed();
  Type type = operand.elementType(), compute = plan.view.computeType();
  for (int64_t i = 0; i < count; ++i) {
    Value depth;
    if (alongDepth)
      depth = p.rem(thread, kDepth);
    else
      depth = p.add(p.div(thread, extent / lanes),
                    i * (kBlockThreads * lanes / extent));
    int64_t row = alongDepth ? i : 0;
    Value index = p.add(k, depth);
    Value valid = p.less(index, end);
    index = p.select(valid, index, p.constant(0));
    DepthIndex at(p, summed, index, context.rows);
    if (at.isGiven)
      valid = p.both(valid, at.isGiven);
    valid = p.both(valid, rowValid[row]);
    Value from =
        p.at(base, type, p.add(rowOffsets[row], at.offset(p, operand.access)));
    Value to = p.at(shared, compute, p.add(p.mul(depth, step), rowPlaces[row]));
    if (plan.isAsync) {
      p.copyAsync(to, from, lanes * storageBytes(type), valid);
      continue;
    }
    Value element = p.choose(valid, p.zero(compute), [&] {
      return DeviceBuilder::Values{convert(p.load(from, type))};
    })[0];
    p.store(element, to);
  }
}

} // namespace dlcc::gpu
