//===- ImageFeed.h - the reader calls of a feed ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_IMAGEFEED_H
#define DLCC_RUNTIME_TRAIN_IMAGEFEED_H

#include "dlcc/abi.h"
#include "runtime/train/Image.h"
#include "runtime/train/RowRandom.h"

#include <variant>

namespace dlcc::train {

/// Sizes of an image; -1: only the row tells.
struct ImageShape {
  int64_t channels, height, width;

  /// "[3, 224, ?]".
  std::string str() const;
};

/// Bytes until something makes real numbers of them.
using AnyImage = std::variant<ImageOf<unsigned char>, ImageOf<float>>;

ImageShape shapeOf(const AnyImage &image);

/// What the calls make of an image of this shape. Throws a Refusal, which
/// begins with `where`, where one of them cannot be applied.
ImageShape shapeAfter(const dlcc_feed &feed, ImageShape shape,
                      const std::string &where);

/// Applies the calls to a row's image; refuses as shapeAfter does.
AnyImage applyCalls(const dlcc_feed &feed, AnyImage image, RowRandom random,
                    const std::string &where);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_IMAGEFEED_H
