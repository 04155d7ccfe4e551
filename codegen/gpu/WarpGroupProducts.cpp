//===- WarpGroupProducts.cpp - tensor cores, four warps together ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Two groups of four warps: each has 64 rows of the tile and all columns, or
// all rows and half of the columns. `wgmma` reads both operands from shared
// memory, while the threads do something else, and adds 64 rows and up to 256
// columns of 32 bytes of k. A warp has 16 rows of its group.
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/TensorCore.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace dlcc::gpu {
namespace {

class WarpGroupProducts : public TensorCore {
public:
  WarpGroupProducts(DeviceBuilder &p, const ContractionPlan &plan,
                    Value thread);

  Values multiplyStage(Value a, Value b, ValueRange sums) override;
  void waitForSums() override { NVVM::WgmmaWaitGroupSyncOp::create(*p, 0); }
  void publishStores() override {
    NVVM::FenceProxyOp::create(
        *p, NVVM::ProxyKind::async_shared,
        NVVM::SharedSpaceAttr::get(p->getContext(),
                                   NVVM::SharedSpace::shared_cta));
  }

private:
  Value describe(const SwizzledTile &tile, Value shared, Value row);
  NVVM::WGMMATypes type() const;

  int64_t columns;             ///< of a group
  Value groupRow, groupColumn; ///< of the tile
};

} // namespace

WarpGroupProducts::WarpGroupProducts(DeviceBuilder &p,
                                     const ContractionPlan &plan, Value thread)
    : TensorCore(p, plan, thread) {
  int64_t along = kGroups / plan.groupRows();
  columns = plan.tileColumns() / along;
  columnBlocks = columns / kColumns;
  Value group = p.div(warp, kGroupWarps);
  groupRow = p.mul(p.div(group, along), kGroupRows);
  groupColumn = p.mul(p.rem(group, along), columns);
  warpRow = p.add(groupRow, p.mul(p.rem(warp, kGroupWarps), kRows));
  warpColumn = groupColumn;
}

/// The descriptor of the tile's lines from `row` on (see "Matrix Descriptor" of
/// the PTX ISA): 14 bits of each, of addresses without their last 4 bits.
Value WarpGroupProducts::describe(const SwizzledTile &tile, Value shared,
                                  Value row) {
  // How lines of 32, 64 and 128 bytes are swizzled.
  uint64_t mode = tile.lineBytes() == 32 ? 3 : tile.lineBytes() == 64 ? 2 : 1;
  // From eight lines to the next; the other step is not used.
  uint64_t step = 8 * tile.lineBytes() >> 4;
  Type i64 = p->getI64Type();
  auto number = [&](uint64_t bits) -> Value {
    return arith::ConstantOp::create(*p, p->getI64IntegerAttr(int64_t(bits)));
  };
  Value start = LLVM::PtrToIntOp::create(
      *p, i64, p.at(shared, p->getI8Type(), p.mul(row, tile.lineBytes())));
  start = arith::ShRUIOp::create(*p, start, number(4));
  start = arith::AndIOp::create(*p, start, number(0x3fff));
  return arith::OrIOp::create(*p, start,
                              number(mode << 62 | step << 32 | 1 << 16));
}

NVVM::WGMMATypes WarpGroupProducts::type() const {
  switch (plan.unit) {
  case MatrixUnit::TF32:
    return NVVM::WGMMATypes::tf32;
  case MatrixUnit::BF16:
    return NVVM::WGMMATypes::bf16;
  default:
    return NVVM::WGMMATypes::f16;
  }
}

WarpGroupProducts::Values WarpGroupProducts::multiplyStage(Value a, Value b,
                                                           ValueRange sums) {
  static constexpr int64_t bytesOfK = 32;
  SwizzledTile rows = plan.tileOf(plan.tileRows());
  SwizzledTile others = plan.tileOf(plan.tileColumns());
  Type f32 = p->getF32Type();
  auto type = LLVM::LLVMStructType::getLiteral(
      p->getContext(), SmallVector<Type>(sums.size(), f32));
  Value all = LLVM::PoisonOp::create(*p, type);
  for (auto [i, sum] : llvm::enumerate(sums))
    all = LLVM::InsertValueOp::create(*p, all, sum, int64_t(i));
  Value first = describe(rows, a, groupRow);
  Value second = describe(others, b, groupColumn);
  NVVM::WgmmaFenceAlignedOp::create(*p);
  for (int64_t at = 0; at < rows.lineBytes(); at += bytesOfK) {
    // Within a line: the unit swizzles the address that comes out.
    Value step = arith::ConstantOp::create(*p, p->getI64IntegerAttr(at >> 4));
    all = NVVM::WgmmaMmaAsyncOp::create(
        *p, type, all, arith::AddIOp::create(*p, first, step),
        arith::AddIOp::create(*p, second, step),
        NVVM::MMAShapeAttr::get(p->getContext(), kGroupRows, columns,
                                bytesOfK / rows.elementBytes),
        this->type(), this->type(), NVVM::WGMMATypes::f32,
        NVVM::WGMMAScaleOut::one, NVVM::WGMMAScaleIn::one,
        NVVM::WGMMAScaleIn::one, NVVM::MMALayout::row, NVVM::MMALayout::col,
        /*satfinite=*/NVVM::MMAIntOverflowAttr());
  }
  NVVM::WgmmaGroupSyncAlignedOp::create(*p);
  Values next;
  for (size_t i = 0; i < sums.size(); ++i)
    next.push_back(LLVM::ExtractValueOp::create(*p, all, int64_t(i)));
  return next;
}

std::unique_ptr<TensorCore> createWarpGroupProducts(DeviceBuilder &p,
                                                    const ContractionPlan &plan,
                                                    Value thread) {
  return std::make_unique<WarpGroupProducts>(p, plan, thread);
}

} // namespace dlcc::gpu
