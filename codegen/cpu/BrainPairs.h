//===- BrainPairs.h - pairs of bf16 in vectors ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Processors with AVX512-BF16 multiply two neighbours along k in one lane. A
// pair is an i32 here: the earlier of the two lies in its upper half, because
// the instruction adds the upper product first and the lower one to that, each
// rounded. So a chain over ascending k is the same as that of fused
// multiply-adds in f32. (Only subnormals differ, which the instructions take
// and leave as zeros.)
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_BRAINPAIRS_H
#define DLCC_CODEGEN_CPU_BRAINPAIRS_H

#include "codegen/cpu/PointerBuilder.h"

namespace dlcc::cpu {

/// Lanes of the vectors below: those of f32 in 64 bytes.
inline constexpr int64_t kPairLanes = 16;

/// The bits of kPairLanes numbers of f32 rounded to bf16, as i16.
mlir::Value roundToBrain(mlir::ImplicitLocOpBuilder &b, mlir::Value numbers);

/// The pairs first[i], second[i]. Both are vectors of f32 of one length, a
/// power of two up to kPairLanes.
mlir::Value pairAcross(mlir::ImplicitLocOpBuilder &b, mlir::Value first,
                       mlir::Value second);

/// The pairs of the neighbours in kPairLanes numbers and as many more.
mlir::Value pairAlong(mlir::ImplicitLocOpBuilder &b, mlir::Value numbers,
                      mlir::Value more);

/// Makes [kc/2][width] pairs, in place, of [kc][width] numbers that are rounded
/// already; with zeros where kc is odd.
void pairRows(PointerBuilder &p, mlir::Value panel, mlir::Value kc,
              int64_t width);

/// sums[i] + first of x[i] * first of y[i] + second of x[i] * second of y[i],
/// from left to right, for kPairLanes pairs.
mlir::Value multiplyAddPairs(mlir::ImplicitLocOpBuilder &b, mlir::Value x,
                             mlir::Value y, mlir::Value sums);

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_BRAINPAIRS_H
