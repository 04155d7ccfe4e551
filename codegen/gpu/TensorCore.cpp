//===- TensorCore.cpp - products by tensor cores --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/TensorCore.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace dlcc::gpu {

/// Rows and columns of a product, and the indices of k that an instruction of
/// tf32 takes; one of bf16 takes twice as many.
static constexpr int64_t kRows = 16, kColumns = 8, kIndices = 8;

TensorCore::TensorCore(DeviceBuilder &p, const ContractionPlan &plan,
                       Value thread)
    : p(p), plan(plan) {
  int64_t warpRows = plan.warpRows();
  int64_t warpColumns = kBlockThreads / kWarp / warpRows;
  rowBlocks = plan.tileRows() / warpRows / kRows;
  columnBlocks = plan.tileColumns() / warpColumns / kColumns;
  Value warp = p.div(thread, kWarp), lane = p.rem(thread, kWarp);
  group = p.div(lane, 4);
  inGroup = p.rem(lane, 4);
  warpRow = p.mul(p.div(warp, warpColumns), rowBlocks * kRows);
  warpColumn = p.mul(p.rem(warp, warpColumns), columnBlocks * kColumns);
}

TensorCore::Values TensorCore::zeroSums() {
  return Values(rowBlocks * columnBlocks * 4, p.zero(p->getF32Type()));
}

/// One or two numbers of a column of shared memory as a register.
Value TensorCore::loadRegister(Value shared, int64_t step, Value row,
                               int64_t k) {
  Type f32 = p->getF32Type();
  auto load = [&](int64_t index) {
    Value depth = p.add(inGroup, index);
    return p.load(p.at(shared, f32, p.add(p.mul(depth, step), row)), f32);
  };
  if (plan.unit == MatrixUnit::TF32)
    return NVVM::ConvertFloatToTF32Op::create(
        *p, p->getI32Type(), load(k), NVVM::FPRoundingMode::RNA,
        NVVM::SaturationMode::NONE, /*relu=*/false);
  Value low = load(k), high = load(k + 4);
  Value pair = NVVM::ConvertF32x2ToBF16x2Op::create(
      *p, VectorType::get({2}, p->getBF16Type()), high, low,
      /*random_bits=*/Value(), NVVM::FPRoundingMode::RN);
  return LLVM::BitcastOp::create(*p, p->getI32Type(), pair);
}

SmallVector<TensorCore::Values>
TensorCore::loadFragments(Value shared, int64_t step, Value first, int64_t k,
                          int64_t blocks, int64_t blockSize) {
  SmallVector<Values> fragments(blocks);
  int64_t half = plan.unit == MatrixUnit::TF32 ? 4 : 8;
  for (auto [block, registers] : llvm::enumerate(fragments)) {
    Value row = p.add(p.add(first, group), block * blockSize);
    // Of A: both rows, then both of the next indices. B has one column.
    for (int64_t index : {k, k + half})
      for (int64_t below = 0; below < blockSize; below += 8)
        registers.push_back(
            loadRegister(shared, step, p.add(row, below), index));
  }
  return fragments;
}

TensorCore::Values TensorCore::multiply(ValueRange a, ValueRange b,
                                        ValueRange sums) {
  Type f32 = p->getF32Type();
  Type result =
      LLVM::LLVMStructType::getLiteral(p->getContext(), {f32, f32, f32, f32});
  bool isTf32 = plan.unit == MatrixUnit::TF32;
  auto type = isTf32 ? NVVM::MMATypes::tf32 : NVVM::MMATypes::bf16;
  Value product =
      NVVM::MmaOp::create(*p, result, a, b, sums,
                          {kRows, kColumns, isTf32 ? kIndices : 2 * kIndices},
                          /*b1Op=*/std::nullopt, /*intOverflow=*/std::nullopt,
                          std::array<NVVM::MMATypes, 2>{type, type},
                          std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row,
                                                         NVVM::MMALayout::col});
  Values next;
  for (int64_t i = 0; i < 4; ++i)
    next.push_back(LLVM::ExtractValueOp::create(*p, product, i));
  return next;
}

TensorCore::Values TensorCore::multiplyStage(Value a, Value b,
                                             ValueRange sums) {
  Values result(sums);
  int64_t indices = plan.unit == MatrixUnit::TF32 ? kIndices : 2 * kIndices;
  for (int64_t k = 0; k < kDepth; k += indices) {
    SmallVector<Values> rows =
        loadFragments(a, plan.aStep(), warpRow, k, rowBlocks, kRows);
    SmallVector<Values> columns =
        loadFragments(b, plan.bStep(), warpColumn, k, columnBlocks, kColumns);
    for (int64_t i = 0; i < rowBlocks; ++i)
      for (int64_t j = 0; j < columnBlocks; ++j) {
        auto block =
            MutableArrayRef(result).slice((i * columnBlocks + j) * 4, 4);
        llvm::copy(multiply(rows[i], columns[j], block), block.begin());
      }
  }
  return result;
}

void TensorCore::forResults(
    ValueRange sums, function_ref<void(Value m, Value n, Value pair)> body) {
  for (int64_t i = 0; i < rowBlocks; ++i)
    for (int64_t j = 0; j < columnBlocks; ++j)
      for (int64_t half = 0; half < 2; ++half) {
        int64_t number = (i * columnBlocks + j) * 4 + 2 * half;
        Value m = p.add(p.add(warpRow, group), i * kRows + 8 * half);
        Value n = p.add(p.add(warpColumn, p.mul(inGroup, 2)), j * kColumns);
        body(m, n, p.vectorOf({sums[number], sums[number + 1]}));
      }
}

} // namespace dlcc::gpu
