//===- LimitKernels.h - kernels that reach what a GPU can do ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PTX of functions that do nothing but what one unit of a GPU is for:
//
//   read(data, sink, n)             sums n vectors of 16 bytes
//   update(data, n)                 x = 0.999 x + 0.001 in n vectors of 4 f32
//   products_KIND(sink, rounds)     products whose operands and sums stay in
//                                   registers, or in shared memory where units
//                                   read them there; KIND: f32, tf32, bf16
//
// A sink has 4 bytes a thread, so that nothing is left out.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_BENCH_LIMITKERNELS_H
#define DLCC_TOOLS_BENCH_LIMITKERNELS_H

#include <cstdint>
#include <string>
#include <vector>

namespace dlcc::bench {

inline constexpr int kLimitThreads = 256; ///< of a block

/// A kind of factors, and the operations of a block in a round.
struct ProductLimit {
  std::string kind;
  int64_t flops;
};

/// What a chip of that compute capability is measured with.
struct LimitKernels {
  std::string chip; ///< that the PTX is for
  std::string unit; ///< the instruction of tensor cores: wgmma, mma.sync
  std::string ptx;
  std::vector<ProductLimit> products;
};

/// For sm_90 by warp groups; for all others from sm_80 on warp by warp.
LimitKernels limitKernels(int capability);

} // namespace dlcc::bench

#endif // DLCC_TOOLS_BENCH_LIMITKERNELS_H
