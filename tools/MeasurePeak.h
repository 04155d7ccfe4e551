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

/// Floating-point operations a second, f32, that so many threads reach
/// together with nothing but multiply-adds on registers; in units of 1e9.
/// With `pairs` those on pairs of bf16, where the processor multiplies such.
/// Clocks wander: measure just before and after what is compared with it.
double measurePeak(int threads, bool pairs = false);

} // namespace dlcc

#endif // DLCC_TOOLS_MEASUREPEAK_H
