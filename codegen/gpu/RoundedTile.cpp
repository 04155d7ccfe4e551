//===- RoundedTile.cpp - an operand on its way to a matrix unit -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/RoundedTile.h"

#include "codegen/StorageType.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace dlcc::gpu {

RoundedTile::RoundedTile(KernelContext &context, const ContractionPlan &plan,
                         const Operand &operand, const Axis &axis,
                         int64_t extent, Value base, Value first)
    : context(context), plan(plan), p(context.builder()), operand(operand),
      axis(axis), tile(plan.tileOf(extent)), base(base), first(first),
      buffer(context.inputBuffer(operand.tensor)), summed(plan.summed()) {
  chooseGroups();
}

/// Whether each group of so many indices of k, which starts at a multiple, lies
/// in equal steps, and is all there or not at all.
bool RoundedTile::groupsLie(int64_t number) const {
  if (summed.empty() || summed.back().parts.empty() ||
      summed.back().parts.back().extent % number != 0)
    return false;
  const Axis &outermost = summed.front();
  // Where k ends, and where rows that are not given begin.
  if (outermost.rows * (plan.depth / outermost.extent) % number != 0)
    return false;
  return summed.size() == 1 || summed.back().rows % number == 0;
}

/// Whether such groups are aligned accesses, if they lie side by side.
bool RoundedTile::areAligned(int64_t number) const {
  int64_t bytes = number * storageBytes(operand.elementType());
  if (buffer->alignment < bytes || operand.access.constant % number != 0)
    return false;
  int64_t innermost = summed.back().parts.back().dim;
  for (auto [dim, stride] : llvm::enumerate(operand.access.strides))
    if (int64_t(dim) != innermost && stride % number != 0)
      return false;
  return true;
}

void RoundedTile::chooseGroups() {
  bool rowsLie = operand.access.step(axis) == 1;
  bool depthLies = !summed.empty() && operand.access.step(summed.back()) == 1;
  alongDepth = !rowsLie && (depthLies || axis.dim < 0);
  // Every thread has a group.
  int64_t most = tile.extent * tile.depth / kBlockThreads;
  int64_t sourceBytes = storageBytes(operand.elementType());
  if (alongDepth) {
    width = std::min(most, kChunkBytes / sourceBytes);
    isVector = width > 1 && depthLies && groupsLie(width) && areAligned(width);
    if (!isVector)
      width = 1;
  } else {
    width = std::min(most, kChunkBytes / tile.elementBytes);
  }
  isLinear = groupsLie(width);
  count = most / width;
}

RoundedTile::Group RoundedTile::group(int64_t number) {
  Value thread = p.threadId();
  if (alongDepth) {
    int64_t groups = tile.depth / width;
    return {p.add(p.div(thread, groups), number * (kBlockThreads / groups)),
            p.mul(p.rem(thread, groups), width)};
  }
  int64_t rows = std::min(tile.extent, kBlockThreads);
  return {p.rem(thread, rows),
          p.mul(p.add(p.div(thread, rows), number * (kBlockThreads / rows)),
                width)};
}

//===----------------------------------------------------------------------===//
// From global memory
//===----------------------------------------------------------------------===//

/// Elements of 16 bits that come in one access come in pairs.
RoundedTile::Values RoundedTile::zeros() {
  bool isPairs = isVector && storageBytes(operand.elementType()) == 2;
  Type type = isPairs ? Type(p->getI32Type()) : operand.elementType();
  return Values(isPairs ? width / 2 : width, p.zero(type));
}

/// A group of which all is there.
RoundedTile::Values RoundedTile::loadGroup(Value rowOffset, Value k) {
  Type type = operand.elementType();
  Value offset =
      p.add(rowOffset,
            DepthIndex(p, summed, k, context.rows).offset(p, operand.access));
  Value from = p.at(base, type, offset);
  Values none = zeros(), loaded;
  if (isVector) {
    int64_t lanes = int64_t(none.size());
    Value vector = p.load(from, none.front().getType(), lanes == 1 ? 0 : lanes,
                          width * storageBytes(type));
    if (lanes == 1)
      return {vector};
    for (int64_t lane = 0; lane < lanes; ++lane)
      loaded.push_back(p.lane(vector, lane));
    return loaded;
  }
  int64_t step = summed.empty() ? 0 : operand.access.step(summed.back());
  for (int64_t i = 0; i < width; ++i)
    loaded.push_back(p.load(p.at(from, type, i * step), type));
  return loaded;
}

/// One element after another, each of which may be there or not.
RoundedTile::Values RoundedTile::loadElements(Value rowOffset, Value k,
                                              Value end, Value isRow) {
  Type type = operand.elementType();
  Values loaded;
  for (int64_t i = 0; i < width; ++i) {
    Value index = p.add(k, i);
    Value valid = p.less(index, end);
    index = p.select(valid, index, p.constant(0));
    DepthIndex at(p, summed, index, context.rows);
    valid = p.both(valid, isRow);
    if (at.isGiven)
      valid = p.both(valid, at.isGiven);
    Value from =
        p.at(base, type, p.add(rowOffset, at.offset(p, operand.access)));
    loaded.push_back(p.choose(valid, p.zero(type),
                              [&] { return Values{p.load(from, type)}; })[0]);
  }
  return loaded;
}

RoundedTile::Values RoundedTile::load(Value k, Value end) {
  Values loaded;
  for (int64_t i = 0; i < count; ++i) {
    Group at = group(i);
    Value row = p.add(first, at.row), index = p.add(k, at.depth);
    Value isRow = p.less(row, boundOf(p, axis, context.rows));
    Value rowOffset = AxisIndex(p, axis, row).offset(p, operand.access);
    if (!isLinear) {
      llvm::append_range(loaded, loadElements(rowOffset, index, end, isRow));
      continue;
    }
    Value valid = p.both(p.less(index, end), isRow);
    index = p.select(valid, index, p.constant(0));
    if (Value given = DepthIndex(p, summed, index, context.rows).isGiven)
      valid = p.both(valid, given);
    llvm::append_range(loaded, p.choose(valid, zeros(), [&] {
      return loadGroup(rowOffset, index);
    }));
  }
  return loaded;
}

//===----------------------------------------------------------------------===//
// To shared memory
//===----------------------------------------------------------------------===//

/// A group as a number, or a vector of numbers, of the width that it has in
/// shared memory.
Value RoundedTile::round(ValueRange elements) {
  Type i32 = p->getI32Type(), narrow = plan.factorType();
  bool isWide = operand.elementType().isF32();
  Values words;
  if (elements.front().getType() == i32) {
    llvm::append_range(words, elements);
  } else if (plan.unit == MatrixUnit::TF32) {
    for (Value element : elements)
      words.push_back(NVVM::ConvertFloatToTF32Op::create(
          *p, i32, element, NVVM::FPRoundingMode::RNA,
          NVVM::SaturationMode::NONE, /*relu=*/false));
  } else if (elements.size() == 1) {
    Value element = elements.front();
    return isWide ? arith::TruncFOp::create(*p, narrow, element).getResult()
                  : element;
  } else {
    for (size_t i = 0; i < elements.size(); i += 2) {
      Value low = elements[i], high = elements[i + 1];
      Value pair = isWide
                       ? NVVM::ConvertF32x2ToBF16x2Op::create(
                             *p, VectorType::get({2}, narrow), high, low,
                             /*random_bits=*/Value(), NVVM::FPRoundingMode::RN)
                             .getResult()
                       : p.vectorOf({low, high});
      words.push_back(LLVM::BitcastOp::create(*p, i32, pair));
    }
  }
  return words.size() == 1 ? words.front() : p.vectorOf(words);
}

void RoundedTile::store(Value shared, ValueRange loaded) {
  size_t each = loaded.size() / count;
  for (int64_t i = 0; i < count; ++i) {
    Group at = group(i);
    p.store(round(loaded.slice(i * each, each)),
            tile.address(p, shared, at.row, at.depth),
            width * tile.elementBytes);
  }
}

} // namespace dlcc::gpu
