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

using namespace dlcc::bench;

/// In the three forms of a dense layer: forward, gradient of the input,
/// gradient of the weight.
struct Case {
  const char *name;
  ProductShape shape;
};

int main(int argc, char **argv) {
  const Case cases[] = {
      {"forward 784-2048", {1024, 2048, 784, false, true}},
      {"forward 2048-4096", {1024, 4096, 2048, false, true}},
      {"forward 4096-1024", {1024, 1024, 4096, false, true}},
      {"forward 1024-10", {1024, 10, 1024, false, true}},
      {"input gradient 4096-2048", {1024, 2048, 4096, false, false}},
      {"input gradient 1024-4096", {1024, 4096, 1024, false, false}},
      {"input gradient 10-1024", {1024, 1024, 10, false, false}},
      {"weight gradient 2048-784", {2048, 784, 1024, true, false}},
      {"weight gradient 4096-2048", {4096, 2048, 1024, true, false}},
      {"weight gradient 1024-4096", {1024, 4096, 1024, true, false}},
      {"weight gradient 10-1024", {10, 1024, 1024, true, false}},
  };
  std::vector<TimedKernel> kernels;
  for (const Case &it : cases)
    kernels.push_back(productKernel(it.name, it.shape));
  return timeKernels(kernels, argc, argv);
}
