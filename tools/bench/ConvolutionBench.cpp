//===- ConvolutionBench.cpp - convolutions against the machine's peak -----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ConvolutionBench [threads [repetitions [part of a name]]]
//
// Times the convolutions of AlexNet at batch 16 and those of a small network
// for images of 32 by 32 pixels at batch 1024: forward, the gradient of the
// input and that of the weights, as KernelTiming.h says. The first layers need
// no gradient of their input, so theirs is left out.
//
//===----------------------------------------------------------------------===//

#include "ConvolutionSums.h"
#include "KernelTiming.h"

using namespace dlcc::bench;
using namespace dlcc::test;

namespace {

/// A convolution of square images; `image` is the side before padding.
struct Case {
  const char *name;
  int64_t batch, image, padding, window, stride, channels, features;
  bool isFirst = false;

  ConvolutionShape shape() const {
    return {batch, image, padding, window, stride, channels, features};
  }

  Layer layer() const {
    int64_t side = image + 2 * padding;
    return {batch,  {side, side}, {window, window}, {stride, stride},
            {1, 1}, channels,     features};
  }
  /// The layer that goes back from the features: a window over their padded
  /// gradient, of which each pixel of the image is a place.
  Layer backward() const {
    int64_t side = image + window - 1;
    return {batch,  {side, side}, {window, window}, {1, 1},
            {1, 1}, features,     channels};
  }
};

TimedKernel timed(const std::string &name, const Sum &sum, const Case &shape,
                  Pass pass) {
  return {name,
          sum.kernel("f32"),
          product(sum.a.shape),
          product(sum.b.shape),
          product(sum.c.shape),
          sum.multiplyAdds(),
          sum.extents[sum.batch],
          peersOf(shape.shape(), pass)};
}

} // namespace

int main(int argc, char **argv) {
  const Case cases[] = {
      {"11x11/4 3-96 on 227", 16, 227, 0, 11, 4, 3, 96, true},
      {"5x5 96-256 on 27", 16, 27, 2, 5, 1, 96, 256},
      {"3x3 256-384 on 13", 16, 13, 1, 3, 1, 256, 384},
      {"3x3 384-384 on 13", 16, 13, 1, 3, 1, 384, 384},
      {"3x3 384-256 on 13", 16, 13, 1, 3, 1, 384, 256},
      {"5x5 3-32 on 32", 1024, 32, 2, 5, 1, 3, 32, true},
      {"5x5 32-32 on 15", 1024, 15, 2, 5, 1, 32, 32},
      {"5x5 32-64 on 7", 1024, 7, 2, 5, 1, 32, 64},
  };
  std::vector<TimedKernel> kernels;
  for (const Case &shape : cases) {
    std::string name = shape.name;
    kernels.push_back(
        timed("forward " + name, forward(shape.layer()), shape, Pass::Forward));
    if (!shape.isFirst)
      kernels.push_back(timed("input gradient " + name,
                              inputGradient(shape.backward()), shape,
                              Pass::InputGradient));
    kernels.push_back(timed("weight gradient " + name,
                            weightGradient(shape.layer()), shape,
                            Pass::WeightGradient));
  }
  return timeKernels(kernels, argc, argv);
}
