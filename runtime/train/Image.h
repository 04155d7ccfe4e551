//===- Image.h - one image of the data ------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_IMAGE_H
#define DLCC_RUNTIME_TRAIN_IMAGE_H

#include <cstdint>
#include <string>
#include <vector>

namespace dlcc::train {

/// Planar: [channels][height][width].
template <typename T> struct ImageOf {
  int64_t channels = 0, height = 0, width = 0;
  std::vector<T> pixels;
};

using Image = ImageOf<unsigned char>;

/// Images that are made row by row when they are asked for, such as those of
/// compressed files. Called from several threads at once.
class RowDecoder {
public:
  virtual ~RowDecoder() = default;
  /// Throws a Refusal that names the file.
  virtual Image decode(int64_t row) const = 0;
  /// The file of a row, for messages.
  virtual std::string fileOf(int64_t row) const = 0;
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_IMAGE_H
