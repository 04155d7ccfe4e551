//===- WarpProducts.cpp - tensor cores, warp by warp ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Eight warps, each with its part of the tile. Fragments come by ldmatrix: four
// matrices of 8 rows and 16 bytes of k, of which a thread gets the 4 bytes of
// row g from 4t on: two indices of 16 bits, or one of 32. That is the fragment
// which the instruction wants, of either width.
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/TensorCore.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace dlcc::gpu {
namespace {

class WarpProducts : public TensorCore {
public:
  WarpProducts(DeviceBuilder &p, const ContractionPlan &plan, Value thread);

  Values multiplyStage(Value a, Value b, ValueRange sums) override;

private:
  Values loadMatrices(const SwizzledTile &tile, Value shared, Value row,
                      Value k, int64_t number);
  Values loadRows(Value shared, int64_t block, int64_t k);
  SmallVector<Values> loadColumns(Value shared, int64_t k);
  Values multiply(ValueRange a, ValueRange b, ValueRange sums);

  bool isTf32() const { return plan.unit == MatrixUnit::TF32; }
  /// Indices of k in a chunk of shared memory; an instruction takes two.
  int64_t chunk() const { return isTf32() ? 4 : 8; }
};

} // namespace

WarpProducts::WarpProducts(DeviceBuilder &p, const ContractionPlan &plan,
                           Value thread)
    : TensorCore(p, plan, thread) {
  int64_t warpRows = plan.warpRows();
  int64_t warpColumns = kBlockThreads / kWarp / warpRows;
  rowBlocks = plan.tileRows() / warpRows / kRows;
  columnBlocks = plan.tileColumns() / warpColumns / kColumns;
  warpRow = p.mul(p.div(warp, warpColumns), rowBlocks * kRows);
  warpColumn = p.mul(p.rem(warp, warpColumns), columnBlocks * kColumns);
}

/// `number` (2 or 4) registers of matrices of which the lane names a row, and
/// the index of k that its 16 bytes begin with.
WarpProducts::Values WarpProducts::loadMatrices(const SwizzledTile &tile,
                                                Value shared, Value row,
                                                Value k, int64_t number) {
  Type i32 = p->getI32Type();
  Type result = LLVM::LLVMStructType::getLiteral(
      p->getContext(), SmallVector<Type>(number, i32));
  Value matrices = NVVM::LdMatrixOp::create(
      *p, result, tile.address(p, shared, row, k), uint32_t(number),
      NVVM::MMALayout::row,
      NVVM::LdStMatrixShapeAttr::get(p->getContext(), 8, 8),
      NVVM::LdStMatrixEltType::B16);
  Values registers;
  for (int64_t i = 0; i < number; ++i)
    registers.push_back(LLVM::ExtractValueOp::create(*p, matrices, i));
  return registers;
}

/// A block of A: rows 0 to 7, rows 8 to 15, then both of the next chunk.
WarpProducts::Values WarpProducts::loadRows(Value shared, int64_t block,
                                            int64_t k) {
  Value row = p.add(p.add(warpRow, p.rem(lane, 16)), block * kRows);
  Value index = p.add(p.mul(p.div(lane, 16), chunk()), k);
  return loadMatrices(plan.tileOf(plan.tileRows()), shared, row, index, 4);
}

/// All blocks of B, two by two: of each its columns, then those of the next
/// chunk.
SmallVector<WarpProducts::Values> WarpProducts::loadColumns(Value shared,
                                                            int64_t k) {
  SmallVector<Values> blocks;
  SwizzledTile tile = plan.tileOf(plan.tileColumns());
  Value index = p.add(p.mul(p.rem(p.div(lane, 8), 2), chunk()), k);
  Value inBlock = p.add(warpColumn, p.rem(lane, 8));
  for (int64_t block = 0; block < columnBlocks; block += 2) {
    bool isPair = block + 1 < columnBlocks;
    Value column = p.add(inBlock, block * kColumns);
    if (isPair)
      column = p.add(column, p.mul(p.div(lane, 16), kColumns));
    Values registers =
        loadMatrices(tile, shared, column, index, isPair ? 4 : 2);
    blocks.emplace_back(ArrayRef(registers).take_front(2));
    if (isPair)
      blocks.emplace_back(ArrayRef(registers).take_back(2));
  }
  return blocks;
}

WarpProducts::Values WarpProducts::multiply(ValueRange a, ValueRange b,
                                            ValueRange sums) {
  Type f32 = p->getF32Type();
  Type result =
      LLVM::LLVMStructType::getLiteral(p->getContext(), {f32, f32, f32, f32});
  NVVM::MMATypes type = isTf32()                        ? NVVM::MMATypes::tf32
                        : plan.unit == MatrixUnit::BF16 ? NVVM::MMATypes::bf16
                                                        : NVVM::MMATypes::f16;
  // The instruction of f16 takes pairs, the others words.
  auto registersOf = [&](ValueRange words) {
    Values registers(words);
    if (plan.unit == MatrixUnit::F16)
      for (Value &word : registers)
        word = LLVM::BitcastOp::create(
            *p, VectorType::get({2}, p->getF16Type()), word);
    return registers;
  };
  Value product = NVVM::MmaOp::create(
      *p, result, registersOf(a), registersOf(b), sums,
      {kRows, kColumns, 2 * chunk()}, /*b1Op=*/std::nullopt,
      /*intOverflow=*/std::nullopt, std::array<NVVM::MMATypes, 2>{type, type},
      std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row,
                                     NVVM::MMALayout::col});
  Values next;
  for (int64_t i = 0; i < 4; ++i)
    next.push_back(LLVM::ExtractValueOp::create(*p, product, i));
  return next;
}

WarpProducts::Values WarpProducts::multiplyStage(Value a, Value b,
                                                 ValueRange sums) {
  Values result(sums);
  for (int64_t k = 0; k < plan.stageDepth; k += 2 * chunk()) {
    SmallVector<Values> columns = loadColumns(b, k);
    for (int64_t i = 0; i < rowBlocks; ++i) {
      Values rows = loadRows(a, i, k);
      for (int64_t j = 0; j < columnBlocks; ++j) {
        auto block =
            MutableArrayRef(result).slice((i * columnBlocks + j) * 4, 4);
        llvm::copy(multiply(rows, columns[j], block), block.begin());
      }
    }
  }
  return result;
}

std::unique_ptr<TensorCore> createWarpProducts(DeviceBuilder &p,
                                               const ContractionPlan &plan,
                                               Value thread) {
  return std::make_unique<WarpProducts>(p, plan, thread);
}

} // namespace dlcc::gpu
