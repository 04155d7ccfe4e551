//===- TargetTable.cpp - one row of numbers for each instruction set ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rows are ordered: the first whose architecture and features fit is
// taken. The last one fits everything and uses vectors of 128 bits.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/TargetTable.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace dlcc::cpu;

// Rows that are multiples of four or eight pack by whole vectors. Accumulators
// leave registers for a row of the right panel and one broadcast. The short
// and wide tiles are for products of few rows.
static constexpr RegisterTile kAvx512Tiles[] = {
    {8, 48, 4}, {12, 32, 4}, {24, 16, 4}, {8, 32, 4},
    {4, 96, 4}, {2, 128, 4}, {1, 128, 4}};
static constexpr RegisterTile kAvx2Tiles[] = {
    {4, 24, 4}, {12, 8, 4}, {2, 40, 4}, {1, 64, 4}};
static constexpr RegisterTile kNeonTiles[] = {
    {8, 12, 4}, {4, 20, 4}, {1, 32, 4}};
static constexpr RegisterTile kPortableTiles[] = {{4, 8, 4}, {1, 32, 2}};

static const InstructionSet kRows[] = {
    {"avx512", "x86_64", "+avx512f,+avx512bw,+avx512dq,+avx512vl", 64, 32, true,
     true, kAvx512Tiles},
    {"avx2", "x86_64", "+avx2,+fma", 32, 16, true, false, kAvx2Tiles},
    {"neon", "aarch64", "", 16, 32, true, false, kNeonTiles},
    {"portable", "", "", 16, 16, false, false, kPortableTiles},
};

// AMX as tried on a 4th generation Xeon: a product of tiles begins every 16
// cycles, in which vectors do 32 multiply-adds. A call takes some 300 cycles
// beside its products; in a third of them four tiles of sums come and go.
static constexpr dlcc::MatrixUnit kAmx = {
    "amx",           /*rows=*/16,      /*columns=*/16, /*depth=*/16,
    /*product=*/512, /*sumsTile=*/768, /*call=*/6400,  /*multiplyAdds=*/128};

static SmallVector<StringRef> namesOf(StringRef features) {
  SmallVector<StringRef> names;
  features.split(names, ',', -1, /*KeepEmpty=*/false);
  return names;
}

static bool fits(const InstructionSet &row, StringRef triple,
                 StringRef features) {
  if (!triple.starts_with(row.architecture))
    return false;
  SmallVector<StringRef> given = namesOf(features);
  return llvm::all_of(namesOf(row.features), [&](StringRef feature) {
    return llvm::is_contained(given, feature);
  });
}

TargetTable::TargetTable(dlc::TargetAttr target) {
  StringRef triple = target ? target.getTriple() : "";
  StringRef features = target ? target.getFeatures() : "";
  row = llvm::find_if(kRows, [&](const InstructionSet &candidate) {
    return fits(candidate, triple, features);
  });
  if (!target)
    return;
  SmallVector<StringRef> given = namesOf(features);
  auto has = [&](StringRef feature) {
    return llvm::is_contained(given, feature);
  };
  bool isArm = triple.starts_with("aarch64");
  halves = isArm || has("+f16c") || has("+avx512f");
  pairs = row->vectorBytes == 64 && has("+avx512bf16");
  // Factors are rounded and paired by vectors on their way to the unit.
  if (pairs && has("+amx-tile") && has("+amx-bf16"))
    unit = &kAmx;
  rounds =
      isArm || has("+sse4.1") || has("+avx") || has("+avx2") || has("+avx512f");
  if (target.getL1Bytes() > 0)
    l1 = target.getL1Bytes();
  if (target.getL2Bytes() > 0)
    l2 = target.getL2Bytes();
  if (target.getL3Bytes() > 0)
    l3 = target.getL3Bytes();
  text = llvm::formatv("{0} {1} {2}K {3}K {4}K", target.getCpu(), row->name,
                       l1 >> 10, l2 >> 10, l3 >> 10)
             .str();
}

std::vector<TargetTable> TargetTable::levels(ModuleOp module) {
  std::vector<TargetTable> tables;
  for (dlcc::dlc::TargetAttr target : dlcc::levelsOf(module))
    tables.emplace_back(target);
  return tables;
}

int64_t dlcc::cpu::levelOf(Operation *op) {
  auto function = op->getParentOfType<func::FuncOp>();
  auto level = function
                   ? function->getAttrOfType<IntegerAttr>(dlcc::attr::kLevel)
                   : IntegerAttr();
  return level ? level.getInt() : 0;
}

static int64_t bytesOf(Type type) {
  return type.isIndex()
             ? 8
             : std::max<int64_t>(1, type.getIntOrFloatBitWidth() / 8);
}

int64_t TargetTable::lanes(Type type) const {
  return row->vectorBytes / bytesOf(type);
}

SmallVector<RegisterTile> TargetTable::registerTiles(Type type) const {
  SmallVector<RegisterTile> result;
  for (RegisterTile tile : row->tiles) {
    // As many vectors, of more or fewer elements.
    tile.columns = tile.columns * 4 / bytesOf(type);
    result.push_back(tile);
  }
  return result;
}

CacheTile TargetTable::cacheTile(Type type, const RegisterTile &tile) const {
  int64_t bytes = std::max<int64_t>(4, bytesOf(type));
  auto roundDown = [](int64_t value, int64_t quantum) {
    return std::max(quantum, value / quantum * quantum);
  };
  CacheTile result;
  // 512 steps measured best for four-byte elements (256, 1024 are slower): the
  // panel of the left side stays in the first level, the other streams.
  result.k = 2048 / bytes;
  // The packed rows take half of the second level, the columns of the third.
  result.rows = roundDown(l2 / 2 / (result.k * bytes), tile.rows);
  result.columns = roundDown(l3 / 2 / (result.k * bytes), tile.columns);
  return result;
}
