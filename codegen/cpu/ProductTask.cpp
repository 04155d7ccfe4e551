//===- ProductTask.cpp - which part of a product a task has ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ProductTask.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlcc::cpu {

Value ProductTask::extentOf(const Axis &axis) {
  return axis.rows ? p.mul(context.rows, axis.rows) : p.constant(axis.extent);
}

Value ProductTask::takeIndex(int64_t extent) {
  Value index = p.rem(rest, extent);
  rest = p.div(rest, extent);
  return index;
}

Value ProductTask::takeBlock(const Axis &axis, int64_t size) {
  int64_t blocks = llvm::divideCeil(axis.extent, size);
  Value first = p.mul(takeIndex(blocks), size);
  Value isThere = p.less(first, extentOf(axis));
  inside = inside ? p.both(inside, isThere) : isThere;
  return first;
}

ArrayRef<Value> ProductTask::takeOuter() {
  for (const Axis &axis : view.outer) {
    outer.push_back(takeIndex(axis.extent));
    if (axis.rows)
      inside = p.both(inside, p.less(outer.back(), extentOf(axis)));
  }
  return outer;
}

Value ProductTask::addressOf(const Operand &operand) {
  const Buffer *buffer = context.inputBuffer(operand.tensor);
  Value offset = p.constant(operand.access.constant);
  for (auto [axis, index] : llvm::zip_equal(view.outer, outer))
    if (int64_t stride = operand.access.along(axis))
      offset = p.add(offset, p.mul(index, stride));
  return p.at(buffer->base, buffer->elementType, offset);
}

} // namespace dlcc::cpu
