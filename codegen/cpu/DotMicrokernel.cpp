//===- DotMicrokernel.cpp - several inner products at a time --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Neighbours along k are neighbours in memory, in both matrices: vectors of
// them are multiplied as they come. Nothing is packed, so this is the form for
// few rows, where each element of the other matrix would not be worth packing.
// All vectors have 16 lanes; smaller registers hold them in parts.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/DotMicrokernel.h"

#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/PointerBuilder.h"
#include "codegen/cpu/PointwisePlan.h"
#include "codegen/cpu/SharedFunction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

class DotBuilder {
public:
  DotBuilder(OpBuilder &builder, Location loc, const DotShape &shape)
      : p(builder, loc), shape(shape) {}

  void build(ValueRange given) {
    Value k = given[3];
    many = rowsOf(given[0], given[4], given[6], shape.many);
    few = rowsOf(given[1], given[5], given[7], shape.few);
    Value zero = arith::ConstantOp::create(*p, p->getZeroAttr(vectorType()));
    SmallVector<Value> sums(shape.many * shape.few, zero);
    Value whole = p.mul(p.div(k, kVirtualLanes), kVirtualLanes);
    sums = p.loop(p.constant(0), whole, kVirtualLanes, sums,
                  [&](Value at, ValueRange carried) {
                    return multiply(at, Value(), carried);
                  });
    // The rest adds zeros to the other lanes.
    Value hasRest = p.less(whole, k);
    Value end = p.select(hasRest, p.add(whole, p.constant(1)), whole);
    sums = p.loop(whole, end, 1, sums, [&](Value at, ValueRange carried) {
      return multiply(at, p.sub(k, whole), carried);
    });
    store(sums, given[2], given[8]);
  }

private:
  VectorType vectorType() const {
    return VectorType::get({kVirtualLanes}, shape.type);
  }

  SmallVector<Value> rowsOf(Value base, Value step, Value last, int64_t count) {
    SmallVector<Value> rows;
    for (int64_t i = 0; i < count; ++i)
      rows.push_back(
          p.at(base, shape.type, p.mul(p.min(p.constant(i), last), step)));
    return rows;
  }

  /// Adds the products of the elements from `at` on, `count` of them where
  /// given. The rows of which there are fewer wait in registers.
  SmallVector<Value> multiply(Value at, Value count, ValueRange carried) {
    auto load = [&](Value row) {
      Value from = p.at(row, shape.type, at);
      return count ? p.loadFirst(from, shape.type, kVirtualLanes, count)
                   : p.load(from, shape.type, kVirtualLanes);
    };
    bool holdsFew = shape.few <= shape.many;
    SmallVector<Value> held;
    for (Value row : holdsFew ? few : many)
      held.push_back(load(row));
    SmallVector<Value> sums(carried);
    for (auto [i, row] : llvm::enumerate(holdsFew ? many : few)) {
      Value passing = load(row);
      for (auto [j, other] : llvm::enumerate(held)) {
        Value &sum =
            holdsFew ? sums[i * shape.few + j] : sums[j * shape.few + i];
        sum = multiplyAdd(passing, other, sum);
      }
    }
    return sums;
  }

  Value multiplyAdd(Value x, Value y, Value sum) {
    if (shape.fma)
      return math::FmaOp::create(*p, x, y, sum);
    return arith::AddFOp::create(*p, sum, arith::MulFOp::create(*p, x, y));
  }

  /// Adds up the lanes of each sum, and stores them line by line.
  void store(ArrayRef<Value> sums, Value to, Value step) {
    int64_t lines = shape.alongFew ? shape.many : shape.few;
    int64_t length = shape.alongFew ? shape.few : shape.many;
    int64_t width = llvm::PowerOf2Ceil(length);
    SmallVector<Value> ordered;
    for (int64_t line = 0; line < lines; ++line)
      for (int64_t i = 0; i < width; ++i) {
        int64_t at = std::min(i, length - 1);
        ordered.push_back(shape.alongFew ? sums[line * shape.few + at]
                                         : sums[at * shape.few + line]);
      }
    for (int64_t first = 0; first < lines * width; first += kVirtualLanes) {
      int64_t count = std::min(kVirtualLanes, lines * width - first);
      Value reduced = addLanes(ArrayRef(ordered).slice(first, count));
      for (int64_t at = 0; at < count; at += width) {
        Value line = vector::ExtractStridedSliceOp::create(
            *p, reduced, ArrayRef<int64_t>{at}, ArrayRef<int64_t>{width},
            ArrayRef<int64_t>{1});
        Value place = p.mul(step, (first + at) / width);
        p.store(line, p.at(to, shape.type, place));
      }
    }
  }

  /// A vector that begins with the sums of the lanes of `vectors`, 16 at most:
  /// in each round the lanes of a sum that are left are halved, and two vectors
  /// become one.
  Value addLanes(ArrayRef<Value> vectors) {
    SmallVector<Value> left(vectors);
    for (int64_t lanes = kVirtualLanes; lanes > 1; lanes /= 2) {
      SmallVector<Value> next;
      for (size_t i = 0; i < left.size(); i += 2)
        next.push_back(
            addHalves(left[i], left[std::min(i + 1, left.size() - 1)], lanes));
      left = next;
    }
    return left.front();
  }

  Value addHalves(Value lhs, Value rhs, int64_t lanes) {
    auto half = [&](int64_t from) -> Value {
      SmallVector<int64_t> mask;
      for (int64_t group = 0; group < 2 * kVirtualLanes; group += lanes)
        for (int64_t lane = 0; lane < lanes / 2; ++lane)
          mask.push_back(group + from + lane);
      return vector::ShuffleOp::create(*p, lhs, rhs, mask);
    };
    return arith::AddFOp::create(*p, half(0), half(lanes / 2));
  }

  PointerBuilder p;
  const DotShape &shape;
  SmallVector<Value> many, few;
};

} // namespace

func::FuncOp getOrCreateDotMicrokernel(ModuleOp module, const DotShape &shape) {
  std::string name;
  llvm::raw_string_ostream(name)
      << "dot_" << shape.type << '_' << shape.many << 'x' << shape.few
      << (shape.alongFew ? "_rows" : "_columns");
  Builder builder(module.getContext());
  Type pointer = LLVM::LLVMPointerType::get(module.getContext());
  Type i64 = builder.getI64Type();
  return getOrCreateShared(
      module, name, {pointer, pointer, pointer, i64, i64, i64, i64, i64, i64},
      /*apart=*/3, [&](OpBuilder &builder, ValueRange given) {
        DotBuilder(builder, module.getLoc(), shape).build(given);
      });
}

} // namespace dlcc::cpu
