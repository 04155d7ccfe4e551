//===- TileMicrokernel.cpp - the inner loop on a matrix unit --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The unit has eight registers of tiles: four hold sums, the others pass
// through tiles of A and B. LLVM's intrinsics take the shape of each tile; it
// sets the unit up where the function begins and sets it free where it ends. To
// make up for that, a call goes over several blocks of columns.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/TileMicrokernel.h"

#include "codegen/cpu/PointerBuilder.h"
#include "codegen/cpu/SharedFunction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

/// Bytes of a sum and of a pair.
constexpr int64_t kBytes = 4;

class TileMicrokernelBuilder {
public:
  TileMicrokernelBuilder(OpBuilder &builder, Location loc,
                         const MatrixUnit &unit, const TileCandidate &block)
      : p(builder, loc), unit(unit), block(block), rows(sizeOf(unit.rows)),
        rowBytes(sizeOf(unit.columns * kBytes)),
        depthBytes(sizeOf(unit.depth * kBytes)), depth(sizeOf(unit.depth)) {}

  void build(ValueRange arguments) {
    Value a = arguments[0], b = arguments[1], c = arguments[2];
    Value kc = arguments[3], ldc = arguments[4], first = arguments[5];
    Value aPanel = arguments[6], bPanel = arguments[7], columns = arguments[8];
    SmallVector<Value> panels;
    for (int64_t i = 0; i < block.rows; ++i)
      panels.push_back(p.at(a, p->getI8Type(), p.mul(aPanel, i)));
    Value cStep = p.mul(ldc, kBytes);
    int64_t width = block.columns * unit.columns;
    p.loop(p.constant(0), columns, width, [&](Value column) {
      Value panel =
          p.at(b, p->getI8Type(), p.mul(p.div(column, width), bPanel));
      SmallVector<Value> places;
      for (int64_t i = 0; i < block.rows; ++i)
        for (int64_t j = 0; j < block.columns; ++j)
          places.push_back(
              p.at(p.at(p.at(c, p->getF32Type(), p.mul(ldc, i * unit.rows)),
                        p->getF32Type(), column),
                   p->getF32Type(), j * unit.columns));
      SmallVector<Value> sums = loadSums(places, cStep, first);
      sums = accumulate(panels, panel, kc, sums);
      for (auto [place, sum] : llvm::zip_equal(places, sums))
        call("tilestored64", {}, {rows, rowBytes, place, cStep, sum});
    });
  }

private:
  Value sizeOf(int64_t size) {
    return arith::ConstantOp::create(*p, p->getI16IntegerAttr(size));
  }

  Type tileType() const { return LLVM::LLVMX86AMXType::get(rows.getContext()); }

  LLVM::CallIntrinsicOp call(StringRef name, TypeRange results,
                             ValueRange arguments) {
    auto intrinsic = p->getStringAttr("llvm.x86." + name + ".internal");
    return results.empty()
               ? LLVM::CallIntrinsicOp::create(*p, intrinsic, arguments)
               : LLVM::CallIntrinsicOp::create(*p, results.front(), intrinsic,
                                               arguments);
  }

  Value loadTile(Value height, Value width, Value place, Value step) {
    return call("tileloadd64", tileType(), {height, width, place, step})
        ->getResult(0);
  }

  /// The sums as they stand, zeros where this is the first block of k.
  SmallVector<Value> loadSums(ArrayRef<Value> places, Value step, Value first) {
    SmallVector<Type> types(places.size(), tileType());
    auto branch = scf::IfOp::create(*p, types, first, /*withElse=*/true);
    OpBuilder::InsertionGuard guard(*p);
    p->setInsertionPointToStart(branch.thenBlock());
    SmallVector<Value> zeros, loaded;
    for (size_t i = 0; i < places.size(); ++i)
      zeros.push_back(
          call("tilezero", tileType(), {rows, rowBytes})->getResult(0));
    scf::YieldOp::create(*p, zeros);
    p->setInsertionPointToStart(branch.elseBlock());
    for (Value place : places)
      loaded.push_back(loadTile(rows, rowBytes, place, step));
    scf::YieldOp::create(*p, loaded);
    return SmallVector<Value>(branch.getResults());
  }

  /// Adds all tiles of k. A tile is loaded right before its first product.
  SmallVector<Value> accumulate(ArrayRef<Value> panels, Value panel, Value kc,
                                ArrayRef<Value> sums) {
    int64_t width = block.columns * unit.columns;
    Value aStep = p.constant(unit.depth * kBytes);
    Value bStep = p.constant(width * kBytes);
    return p.loop(
        p.constant(0), kc, unit.depth, sums, [&](Value k, ValueRange carried) {
          SmallVector<Value> next;
          SmallVector<Value> right(block.columns);
          for (int64_t i = 0; i < block.rows; ++i) {
            Value left = loadTile(
                rows, depthBytes,
                p.at(panels[i], p->getI32Type(), p.mul(k, unit.rows)), aStep);
            for (int64_t j = 0; j < block.columns; ++j) {
              if (!right[j])
                right[j] =
                    loadTile(depth, rowBytes,
                             p.at(p.at(panel, p->getI32Type(), p.mul(k, width)),
                                  p->getI32Type(), j * unit.columns),
                             bStep);
              next.push_back(
                  call("tdpbf16ps", tileType(),
                       {rows, rowBytes, depthBytes,
                        carried[i * block.columns + j], left, right[j]})
                      ->getResult(0));
            }
          }
          return next;
        });
  }

  PointerBuilder p;
  const MatrixUnit &unit;
  const TileCandidate &block;
  /// The shapes of tiles: rows of A and sums, bytes of a row of sums and B, of
  /// a row of A; rows of B.
  Value rows, rowBytes, depthBytes, depth;
};

} // namespace

func::FuncOp getOrCreateTileMicrokernel(ModuleOp module, const MatrixUnit &unit,
                                        const TileCandidate &block) {
  std::string name = ("microkernel_f32_tiles_" + Twine(block.rows) + "x" +
                      Twine(block.columns))
                         .str();
  Builder types(module.getContext());
  Type pointer = LLVM::LLVMPointerType::get(module.getContext());
  Type i64 = types.getI64Type();
  return getOrCreateShared(
      module, name,
      {pointer, pointer, pointer, i64, i64, types.getI1Type(), i64, i64, i64},
      /*apart=*/3, [&](OpBuilder &builder, ValueRange arguments) {
        TileMicrokernelBuilder(builder, module.getLoc(), unit, block)
            .build(arguments);
      });
}

} // namespace dlcc::cpu
