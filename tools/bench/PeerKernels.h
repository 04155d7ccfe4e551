//===- PeerKernels.h - products and convolutions by libraries ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// OpenBLAS and oneDNN, where CMake has found them, on what the benches time.
// What a library may do once for many calls, choosing a kernel or the layout of
// weights, happens before a call is timed.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_BENCH_PEERKERNELS_H
#define DLCC_TOOLS_BENCH_PEERKERNELS_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dlcc::bench {

struct PeerKernel {
  std::string name;
  std::function<void(const float *a, const float *b, float *c)> run;
};

/// C[m][n] = sum over k of A * B, row-major; transposed, A is [k][m], B [n][k].
struct ProductShape {
  int64_t m, n, k;
  bool transposeA, transposeB;
};

/// Square images, channels last, and their windows; weights are [features]
/// [channels][window][window].
struct ConvolutionShape {
  int64_t batch, image, padding, window, stride, channels, features;
};

enum class Pass { Forward, InputGradient, WeightGradient };

/// To be called first: how many threads the libraries use, and a line that
/// says which they are.
std::string preparePeers(int threads);

std::vector<PeerKernel> peersOf(const ProductShape &shape);
std::vector<PeerKernel> peersOf(const ConvolutionShape &shape, Pass pass);

} // namespace dlcc::bench

#endif // DLCC_TOOLS_BENCH_PEERKERNELS_H
