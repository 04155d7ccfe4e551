//===- ContractionBench.cpp - products against the peak of the machine ----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ContractionBench [threads [repetitions [part of a name]]]
//
// Times the products of the training step 784-2048-4096-1024-10 at batch 1024
// in their three forms, as KernelTiming.h says.
//
//===----------------------------------------------------------------------===//

#include "KernelTiming.h"

#include <sstream>

using namespace dlcc::bench;

namespace {

/// C[m][n] = sum over k, with the operands in one of the three forms of a
/// dense layer: forward, gradient of the input, gradient of the weight.
struct Case {
  const char *name;
  int64_t m, n, k;
  bool transposeA, transposeB;

  std::string kernel() const {
    auto tensor = [](int64_t rows, int64_t columns) {
      return "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) +
             "xf32>";
    };
    std::string a = transposeA ? tensor(k, m) : tensor(m, k);
    std::string b = transposeB ? tensor(n, k) : tensor(k, n);
    std::string c = tensor(m, n);
    std::ostringstream text;
    text << "func.func private @k(%a: " << a << ", %b: " << b << ") -> " << c
         << " attributes {dlc.kernel = \"k\"} {\n"
            "  %zero = arith.constant 0.0 : f32\n  %empty = tensor.empty() : "
         << c << "\n  %init = linalg.fill ins(%zero : f32) outs(%empty : " << c
         << ") -> " << c
         << "\n  %p = linalg.generic {indexing_maps = ["
            "affine_map<(m, n, k) -> ("
         << (transposeA ? "k, m" : "m, k") << ")>, affine_map<(m, n, k) -> ("
         << (transposeB ? "n, k" : "k, n")
         << ")>, affine_map<(m, n, k) -> (m, n)>], iterator_types = "
            "[\"parallel\", \"parallel\", \"reduction\"]} ins(%a, %b : "
         << a << ", " << b << ") outs(%init : " << c
         << ") {\n  ^bb0(%l: f32, %r: f32, %acc: f32):\n"
            "    %x = arith.mulf %l, %r : f32\n"
            "    %y = arith.addf %acc, %x : f32\n"
            "    linalg.yield %y : f32\n  } -> "
         << c << "\n  return %p : " << c << "\n}\n";
    return text.str();
  }
};

} // namespace

int main(int argc, char **argv) {
  const Case cases[] = {
      {"forward 784-2048", 1024, 2048, 784, false, true},
      {"forward 2048-4096", 1024, 4096, 2048, false, true},
      {"forward 4096-1024", 1024, 1024, 4096, false, true},
      {"forward 1024-10", 1024, 10, 1024, false, true},
      {"input gradient 4096-2048", 1024, 2048, 4096, false, false},
      {"input gradient 1024-4096", 1024, 4096, 1024, false, false},
      {"input gradient 10-1024", 1024, 1024, 10, false, false},
      {"weight gradient 2048-784", 2048, 784, 1024, true, false},
      {"weight gradient 4096-2048", 4096, 2048, 1024, true, false},
      {"weight gradient 1024-4096", 1024, 4096, 1024, true, false},
      {"weight gradient 10-1024", 10, 1024, 1024, true, false},
  };
  std::vector<TimedKernel> kernels;
  for (const Case &shape : cases)
    kernels.push_back({shape.name, shape.kernel(), shape.m * shape.k,
                       shape.k * shape.n, shape.m * shape.n,
                       shape.m * shape.n * shape.k});
  return timeKernels(kernels, argc, argv);
}
