//===- Slide.h - windows of convolutions and pooling ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_SLIDE_H
#define DLCC_FRONTEND_ONNX_SLIDE_H

#include "frontend/onnx/Node.h"

namespace dlcc::onnx_reader {

/// How a window moves over the dimensions of an image, from the third on.
struct Slide {
  Ints sizes, strides, dilations, low, high;

  int64_t rank() const { return sizes.size(); }
  /// Elements from a window's first to its last, both counted.
  int64_t reach(int64_t i) const { return (sizes[i] - 1) * dilations[i] + 1; }
  /// Places along an image's axis of `size`, paddings counted.
  int64_t places(int64_t i, int64_t size) const {
    return (size + low[i] + high[i] - reach(i)) / strides[i] + 1;
  }
};

/// The attributes strides, dilations, pads and auto_pad for windows of `sizes`;
/// `ceil`: a last window that is not whole counts, too.
Slide readSlide(const Node &node, ArrayRef<int64_t> image, Ints sizes,
                bool ceil = false);

/// Conv's sum of products, as the node's attributes say, without a bias: x is
/// [n, c, …], the weight [out, c / groups, …].
Value convolve(Node &node, Value x, Value weight);

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_SLIDE_H
