//===- TargetTable.h - numbers of instruction sets --------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What kernels ask about a machine, and the only place that looks at the
// features of a processor. A row holds what an instruction set decides (vector
// length, registers, register tiles); cache tiles follow from the sizes that
// `#dlc.target` gives. Nothing here may change the bits of a result for
// targets with FMA: tiles and lanes never reorder a sum (see KernelEmitter.h).
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_TARGETTABLE_H
#define DLCC_CODEGEN_CPU_TARGETTABLE_H

#include "codegen/TileModel.h"
#include "ir/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"

#include <string>
#include <vector>

namespace dlcc::cpu {

/// A block of the result of a contraction that lives in registers, and how
/// many steps of the k loop around it are written out.
struct RegisterTile {
  int64_t rows;
  int64_t columns;
  int64_t unroll;
};

/// Extents of the blocks that stay in the caches: k steps of a packed panel,
/// rows and columns of the result.
struct CacheTile {
  int64_t k;
  int64_t rows;
  int64_t columns;
};

/// An instruction set as the generator sees it.
struct InstructionSet {
  llvm::StringLiteral name;
  llvm::StringLiteral architecture; ///< prefix of the triple; "" fits all
  llvm::StringLiteral features;     ///< all of these must be on, "+avx2,+fma"
  int64_t vectorBytes;
  int64_t registers;
  /// a*b+c with one rounding is one instruction.
  bool fusedMultiplyAdd;
  /// Loads and stores of some of a vector's lanes are as fast as of all.
  bool masks;
  /// Register tiles for four-byte elements, the preferred one first. Columns of
  /// others are as many vectors.
  llvm::ArrayRef<RegisterTile> tiles;
};

/// The level that the function around an op was made for.
int64_t levelOf(mlir::Operation *op);

class TargetTable {
public:
  explicit TargetTable(dlc::TargetAttr target);

  /// The tables of the module's levels; the portable row without a target.
  static std::vector<TargetTable> levels(mlir::ModuleOp module);

  const InstructionSet &instructionSet() const { return *row; }
  /// Processor, instruction set and caches: what databases of measured tiles
  /// find it by.
  llvm::StringRef name() const { return text; }
  bool hasFusedMultiplyAdd() const { return row->fusedMultiplyAdd; }
  bool hasMasks() const { return row->masks; }
  /// f16 to f32 and back is one instruction.
  bool convertsHalf() const { return halves; }
  /// Pairs of bf16 are multiplied and added to f32 in one instruction.
  bool multipliesPairs() const { return pairs; }
  /// What multiplies whole tiles of pairs of bf16; null where nothing does.
  const MatrixUnit *matrixUnit() const { return unit; }
  /// floor, ceil and the like are one instruction.
  bool roundsToIntegers() const { return rounds; }
  int64_t registers() const { return row->registers; }
  /// Elements of `type` in one vector register; i1 counts as a byte.
  int64_t lanes(mlir::Type type) const;
  /// Candidates for a contraction over elements of `type`, best first.
  llvm::SmallVector<RegisterTile> registerTiles(mlir::Type type) const;
  CacheTile cacheTile(mlir::Type type, const RegisterTile &tile) const;

  int64_t l1Bytes() const { return l1; }
  int64_t l2Bytes() const { return l2; }
  int64_t l3Bytes() const { return l3; }

private:
  const InstructionSet *row;
  std::string text;
  bool halves = false, pairs = false, rounds = false;
  const MatrixUnit *unit = nullptr;
  int64_t l1 = 32 << 10, l2 = 512 << 10, l3 = 8 << 20;
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_TARGETTABLE_H
