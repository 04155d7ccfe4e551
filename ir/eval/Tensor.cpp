//===- Tensor.cpp - a value of the oracle ---------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/eval/Tensor.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"

#include <cassert>

using namespace mlir;

namespace dlcc::eval {

Tensor::Tensor(RankedTensorType type) : type(type) {
  if (isFloat())
    floats.resize(size());
  else
    ints.resize(size());
}

Tensor::Tensor(RankedTensorType type, std::vector<double> values)
    : type(type), floats(std::move(values)) {
  assert(isFloat() && int64_t(floats.size()) == size());
}

Tensor::Tensor(RankedTensorType type, std::vector<int64_t> values)
    : type(type), ints(std::move(values)) {
  assert(!isFloat() && int64_t(ints.size()) == size());
}

Tensor::Tensor(ElementsAttr constant)
    : type(cast<RankedTensorType>(constant.getShapedType())) {
  if (isFloat()) {
    for (APFloat value : constant.getValues<APFloat>()) {
      bool losesInfo;
      value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
      floats.push_back(value.convertToDouble());
    }
    return;
  }
  for (const APInt &value : constant.getValues<APInt>())
    ints.push_back(wrap(value.getSExtValue(), type.getElementType()));
}

bool Tensor::isFloat() const { return isa<FloatType>(type.getElementType()); }

double Tensor::asDouble(int64_t i, FloatType to) const {
  if (isFloat())
    return floats[i];
  constexpr int64_t exact = int64_t(1) << 53;
  bool isSigned = !type.getElementType().isUnsignedInteger(64);
  if (ints[i] <= exact && ints[i] >= (isSigned ? -exact : 0))
    return double(ints[i]);
  // At once: by way of a double it would be rounded twice.
  APFloat value(to.getFloatSemantics());
  value.convertFromAPInt(APInt(64, uint64_t(ints[i])), isSigned,
                         APFloat::rmNearestTiesToEven);
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToDouble();
}

void Tensor::set(int64_t i, const Tensor &other, int64_t from) {
  if (isFloat())
    floats[i] = other.floats[from];
  else
    ints[i] = other.ints[from];
}

void Tensor::round() {
  for (double &value : floats)
    value = eval::round(value, type.getElementType());
  for (int64_t &value : ints)
    value = wrap(value, type.getElementType());
}

DenseElementsAttr Tensor::toAttribute() const {
  if (isFloat()) {
    const llvm::fltSemantics &semantics =
        cast<FloatType>(type.getElementType()).getFloatSemantics();
    SmallVector<APFloat> values;
    for (double number : floats) {
      APFloat value(number);
      bool losesInfo;
      value.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
      values.push_back(value);
    }
    return DenseElementsAttr::get(type, values);
  }
  unsigned width = type.getElementTypeBitWidth();
  SmallVector<APInt> values;
  for (int64_t number : ints)
    values.push_back(APInt(64, uint64_t(number)).trunc(width));
  return DenseElementsAttr::get(type, values);
}

int64_t wrap(int64_t value, Type element) {
  unsigned width = element.getIntOrFloatBitWidth();
  if (width == 64)
    return value;
  uint64_t low = uint64_t(value) << (64 - width);
  if (width == 1 || element.isUnsignedInteger())
    return int64_t(low >> (64 - width));
  return int64_t(low) >> (64 - width);
}

double round(double value, Type element) {
  if (element.isF64())
    return value;
  if (element.isF32())
    return double(float(value));
  APFloat number(value);
  bool losesInfo;
  number.convert(cast<FloatType>(element).getFloatSemantics(),
                 APFloat::rmNearestTiesToEven, &losesInfo);
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.convertToDouble();
}

std::vector<int64_t> getStrides(ArrayRef<int64_t> shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0; stride *= shape[i])
    strides[i] = stride;
  return strides;
}

void forEachIndex(ArrayRef<int64_t> shape,
                  llvm::function_ref<void(ArrayRef<int64_t>)> visit) {
  if (llvm::is_contained(shape, 0))
    return;
  SmallVector<int64_t> index(shape.size());
  while (true) {
    visit(index);
    size_t axis = shape.size();
    while (axis > 0 && ++index[axis - 1] == shape[axis - 1])
      index[--axis] = 0;
    if (axis == 0)
      return;
  }
}

std::vector<int64_t> getOffsets(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes,
                                ArrayRef<int64_t> extents) {
  std::vector<int64_t> strides = getStrides(shape);
  SmallVector<int64_t> box;
  for (int64_t axis : axes)
    box.push_back(extents[axis]);
  std::vector<int64_t> offsets;
  forEachIndex(box, [&](ArrayRef<int64_t> index) {
    int64_t offset = 0;
    for (auto [axis, i] : llvm::zip_equal(axes, index))
      offset += i * strides[axis];
    offsets.push_back(offset);
  });
  return offsets;
}

} // namespace dlcc::eval
