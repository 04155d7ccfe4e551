//===- ImageFiles.h - JPEG and PNG files --------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_IMAGEFILES_H
#define DLCC_RUNTIME_TRAIN_IMAGEFILES_H

#include "runtime/train/Image.h"

#include <cstdio>
#include <string>

namespace dlcc::train {

struct ImageSize {
  int64_t height, width;
  bool operator==(const ImageSize &) const = default;
};

/// What a file's header says. The content tells JPEG from PNG, whatever the
/// file is called. Throws Refusal.
ImageSize readImageSize(const std::string &path);

/// The whole image as red, green and blue, a byte each, pixels in the order of
/// the file (its EXIF orientation is not looked at). Grey is spread, alpha is
/// dropped, 16 bits are scaled to 8. Throws Refusal.
Image decodeImage(const std::string &path);

/// The two formats. `file` stands at the beginning; `path` is for messages.
ImageSize readJpegSize(FILE *file, const std::string &path);
ImageSize readPngSize(FILE *file, const std::string &path);
Image decodeJpeg(FILE *file, const std::string &path);
Image decodePng(FILE *file, const std::string &path);

/// A black RGB image, or a refusal of a size that no training image has: a few
/// bytes of a file can ask for any amount of memory.
Image makeImage(ImageSize size, const std::string &path);

/// Spreads rows [first, first + rows) of an image from interleaved RGB.
void setRows(Image &image, int64_t first, int64_t rows,
             const unsigned char *interleaved);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_IMAGEFILES_H
