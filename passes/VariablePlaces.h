//===- VariablePlaces.h - where variables lie -------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_VARIABLEPLACES_H
#define DLCC_PASSES_VARIABLEPLACES_H

#include "ir/Ops.h"
#include "mlir/IR/BuiltinOps.h"

#include <array>

namespace dlcc {

/// The memory regions of a model, as the last arguments of planned entries.
enum MemoryRegion { Weights, Optimizer, State, Control, Arena, NumRegions };
constexpr std::array<llvm::StringLiteral, NumRegions> kRegionNames = {
    "weights", "optimizer", "state", "control", "arena"};

/// Alignment of regions, and of all places in the arena.
constexpr int64_t kPlaceAlignment = 64;

/// Bytes of a tensor in memory.
int64_t getTensorBytes(mlir::Type type);

struct Place {
  MemoryRegion region = Arena;
  int64_t offset = 0;
};

/// The places of all variables and the sizes of their regions.
class VariablePlaces {
public:
  mlir::LogicalResult plan(mlir::ModuleOp module);
  Place lookup(mlir::FlatSymbolRefAttr name) const {
    return places.lookup(name);
  }
  int64_t getBytes(MemoryRegion region) const { return bytes[region]; }
  mlir::ArrayAttr getDescriptions() const { return descriptions; }

private:
  llvm::DenseMap<mlir::Attribute, Place> places;
  std::array<int64_t, NumRegions> bytes = {};
  mlir::ArrayAttr descriptions;
};

} // namespace dlcc

#endif // DLCC_PASSES_VARIABLEPLACES_H
