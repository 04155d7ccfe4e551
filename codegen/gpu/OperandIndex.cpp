//===- OperandIndex.cpp - where an element of an operand lies -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/OperandIndex.h"

using namespace mlir;

namespace dlcc::gpu {

AxisIndex::AxisIndex(DeviceBuilder &p, const Axis &axis, Value flat)
    : axis(axis), flat(flat) {
  parts.resize(axis.parts.size());
  for (size_t i = axis.parts.size(); i-- > 0;) {
    parts[i] = i == 0 ? flat : p.rem(flat, axis.parts[i].extent);
    if (i > 0)
      flat = p.div(flat, axis.parts[i].extent);
  }
}

Value AxisIndex::offset(DeviceBuilder &p, const DimAccess &access) const {
  Value offset = p.constant(0);
  for (auto [part, index] : llvm::zip_equal(axis.parts, parts))
    if (int64_t stride = access.strides[part.dim])
      offset = p.add(offset, p.mul(index, stride));
  return offset;
}

Value AxisIndex::position(DeviceBuilder &p) const {
  if (!axis.isReordered)
    return flat;
  Value position = p.constant(0);
  for (auto [part, index] : llvm::zip_equal(axis.parts, parts))
    position = p.add(position, p.mul(index, part.position));
  return position;
}

DepthIndex::DepthIndex(DeviceBuilder &p, ArrayRef<Axis> list, Value flat,
                       Value rows) {
  SmallVector<Value> numbers(list.size());
  for (size_t i = list.size(); i-- > 0;) {
    numbers[i] = i == 0 ? flat : p.rem(flat, list[i].extent);
    if (i > 0)
      flat = p.div(flat, list[i].extent);
  }
  for (auto [i, axis] : llvm::enumerate(list)) {
    axes.emplace_back(p, axis, numbers[i]);
    // Of the outermost axis the loop over k ends there.
    if (i == 0 || axis.rows == 0)
      continue;
    Value given = p.less(numbers[i], p.mul(rows, axis.rows));
    isGiven = isGiven ? p.both(isGiven, given) : given;
  }
}

Value DepthIndex::offset(DeviceBuilder &p, const DimAccess &access) const {
  Value offset = p.constant(0);
  for (const AxisIndex &axis : axes)
    offset = p.add(offset, axis.offset(p, access));
  return offset;
}

Value boundOf(DeviceBuilder &p, const Axis &axis, Value rows) {
  return axis.rows == 0 ? p.constant(axis.extent) : p.mul(rows, axis.rows);
}

} // namespace dlcc::gpu
