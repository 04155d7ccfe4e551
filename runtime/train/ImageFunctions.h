//===- ImageFunctions.h - what readers do to images -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_IMAGEFUNCTIONS_H
#define DLCC_RUNTIME_TRAIN_IMAGEFUNCTIONS_H

#include "runtime/train/Image.h"

namespace dlcc::train {

/// A rectangle of an image; it may reach outside.
struct Window {
  int64_t top, left, height, width;
};

/// The pixels in the window, 0 where that is outside of the image.
template <typename T>
ImageOf<T> crop(const ImageOf<T> &image, const Window &window);

/// Left becomes right.
template <typename T> void flip(ImageOf<T> &image);

/// Bilinear; where it becomes smaller, over all pixels that a new one covers
/// (PIL's and torchvision's antialiasing). Bytes are rounded.
template <typename T>
ImageOf<T> resize(const ImageOf<T> &image, int64_t height, int64_t width);

/// (x - mean) / deviation, where `numbers` are means, then deviations: one of
/// each, or one of each a channel, or one of each a pixel.
void normalize(ImageOf<float> &image, const double *numbers, int64_t count);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_IMAGEFUNCTIONS_H
