//===- TileEmulation.cpp - a matrix unit in plain code --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileEmulation.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include <bit>
#include <cmath>
#include <cstring>

using namespace mlir;

namespace {

constexpr int64_t kRows = 16, kRowBytes = 64;

/// A register: 16 rows of 64 bytes.
struct Tile {
  uint32_t rows[kRows][kRowBytes / 4];
};

/// Subnormal numbers count as zeros of their sign.
float flushed(float value) {
  return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0f, value)
                                                : value;
}

/// One number of a pair of bf16: the lower half is number 0.
float numberOf(uint32_t pair, int number) {
  return flushed(
      std::bit_cast<float>(number ? pair & 0xffff0000u : pair << 16));
}

void zeroTile(Tile *to, int64_t, int64_t) { std::memset(to, 0, sizeof *to); }

void loadTile(Tile *to, int64_t rows, int64_t bytes, const char *from,
              int64_t step) {
  std::memset(to, 0, sizeof *to);
  for (int64_t row = 0; row < rows; ++row)
    std::memcpy(to->rows[row], from + row * step, bytes);
}

void storeTile(const Tile *tile, int64_t rows, int64_t bytes, char *to,
               int64_t step) {
  for (int64_t row = 0; row < rows; ++row)
    std::memcpy(to + row * step, tile->rows[row], bytes);
}

/// TDPBF16PS, as in Intel's Software Developer's Manual: no exceptions, to
/// nearest even, subnormal numbers are zeros before and after.
void multiplyTiles(Tile *to, int64_t m, int64_t nBytes, int64_t kBytes,
                   const Tile *sums, const Tile *a, const Tile *b) {
  std::memset(to, 0, sizeof *to);
  for (int64_t row = 0; row < m; ++row)
    for (int64_t column = 0; column < nBytes / 4; ++column) {
      float chains[2] = {0, 0};
      for (int64_t k = 0; k < kBytes / 4; ++k)
        for (int i : {0, 1})
          chains[i] =
              flushed(std::fma(numberOf(a->rows[row][k], i),
                               numberOf(b->rows[k][column], i), chains[i]));
      float sum = flushed(std::bit_cast<float>(sums->rows[row][column]));
      sum = flushed(sum + flushed(chains[0] + chains[1]));
      to->rows[row][column] = std::bit_cast<uint32_t>(sum);
    }
}

/// The emulation of one intrinsic.
struct TileFunction {
  llvm::StringLiteral intrinsic, name;
  void *address;
};
const TileFunction kFunctions[] = {
    {"llvm.x86.tilezero.internal", "emulated_tilezero", (void *)zeroTile},
    {"llvm.x86.tileloadd64.internal", "emulated_tileload", (void *)loadTile},
    {"llvm.x86.tilestored64.internal", "emulated_tilestore", (void *)storeTile},
    {"llvm.x86.tdpbf16ps.internal", "emulated_tdpbf16ps",
     (void *)multiplyTiles},
};

bool isTile(Type type) { return isa<LLVM::LLVMX86AMXType>(type); }

/// Writes the call for one intrinsic; tiles are handed over in memory.
class IntrinsicEmulation {
public:
  IntrinsicEmulation(LLVM::CallIntrinsicOp op, LLVM::LLVMFuncOp function)
      : op(op), function(function), b(op), loc(op.getLoc()),
        tile(VectorType::get({sizeof(Tile) / 4}, b.getI32Type())) {}

  void replace() {
    SmallVector<Value> arguments;
    Value result;
    if (op->getNumResults())
      arguments.push_back(result = makeRoom());
    // What is stored comes first, as a result does.
    SmallVector<Value> operands(op.getArgs());
    if (!result)
      std::rotate(operands.begin(), operands.end() - 1, operands.end());
    for (Value operand : operands)
      arguments.push_back(inMemory(operand));
    LLVM::CallOp::create(b, loc, function, arguments);
    if (result)
      op->getResult(0).replaceAllUsesWith(
          LLVM::LoadOp::create(b, loc, tile, result, /*alignment=*/64));
    op->erase();
  }

private:
  Value makeRoom() {
    OpBuilder::InsertionGuard guard(b);
    auto parent = op->getParentOfType<LLVM::LLVMFuncOp>();
    b.setInsertionPointToStart(&parent.getBody().front());
    Value one = LLVM::ConstantOp::create(b, loc, b.getI64IntegerAttr(1));
    return LLVM::AllocaOp::create(
        b, loc, LLVM::LLVMPointerType::get(b.getContext()), tile, one,
        /*alignment=*/64);
  }

  Value inMemory(Value operand) {
    if (operand.getType().isInteger(16))
      return LLVM::ZExtOp::create(b, loc, b.getI64Type(), operand);
    if (operand.getType() != tile)
      return operand;
    Value room = makeRoom();
    LLVM::StoreOp::create(b, loc, operand, room, /*alignment=*/64);
    return room;
  }

  LLVM::CallIntrinsicOp op;
  LLVM::LLVMFuncOp function;
  OpBuilder b;
  Location loc;
  VectorType tile;
};

LLVM::LLVMFuncOp declare(ModuleOp module, StringRef name,
                         LLVM::CallIntrinsicOp op) {
  if (auto known = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return known;
  MLIRContext *context = module.getContext();
  Type pointer = LLVM::LLVMPointerType::get(context);
  SmallVector<Type> types;
  if (op->getNumResults())
    types.push_back(pointer);
  SmallVector<Value> operands(op.getArgs());
  if (!op->getNumResults())
    std::rotate(operands.begin(), operands.end() - 1, operands.end());
  for (Value operand : operands)
    types.push_back(operand.getType().isInteger()
                        ? Type(IntegerType::get(context, 64))
                        : pointer);
  OpBuilder b(module.getBodyRegion());
  return LLVM::LLVMFuncOp::create(
      b, module.getLoc(), name,
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), types));
}

} // namespace

int dlcc::test::emulateTiles(ModuleOp module) {
  SmallVector<std::pair<LLVM::CallIntrinsicOp, StringRef>> found;
  module.walk([&](LLVM::CallIntrinsicOp op) {
    for (const TileFunction &function : kFunctions)
      if (op.getIntrin() == function.intrinsic)
        found.push_back({op, function.name});
  });
  auto tile = VectorType::get({sizeof(Tile) / 4},
                              IntegerType::get(module.getContext(), 32));
  module.walk([&](Block *block) {
    for (BlockArgument argument : block->getArguments())
      if (isTile(argument.getType()))
        argument.setType(tile);
  });
  for (auto [op, name] : found)
    if (op->getNumResults() && isTile(op->getResult(0).getType()))
      op->getResult(0).setType(tile);
  for (auto [op, name] : found)
    IntrinsicEmulation(op, declare(module, name, op)).replace();
  return static_cast<int>(found.size());
}

void dlcc::test::defineTileFunctions(llvm::orc::LLJIT &jit) {
  llvm::orc::SymbolMap symbols;
  for (const TileFunction &function : kFunctions)
    symbols[jit.mangleAndIntern(function.name)] = {
        llvm::orc::ExecutorAddr::fromPtr(function.address),
        llvm::JITSymbolFlags::Exported};
  llvm::cantFail(jit.getMainJITDylib().define(
      llvm::orc::absoluteSymbols(std::move(symbols))));
}
