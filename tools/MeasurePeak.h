//===- MeasurePeak.h - what this machine can do at most ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_MEASUREPEAK_H
#define DLCC_TOOLS_MEASUREPEAK_H

namespace dlcc {

/// What is multiplied: numbers of f32; pairs of bf16, where the processor
/// multiplies such; tiles of them in a matrix unit, which the process must be
/// allowed to use.
enum class Factors { Numbers, Pairs, Tiles };

/// Floating-point operations a second that so many threads reach together with
/// nothing but multiply-adds on registers; in units of 1e9.
/// Clocks wander: measure just before and after what is compared with it.
double measurePeak(int threads, Factors factors = Factors::Numbers);

} // namespace dlcc

#endif // DLCC_TOOLS_MEASUREPEAK_H
