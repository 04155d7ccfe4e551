//===- ImageFiles.cpp - JPEG and PNG files ------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ImageFiles.h"
#include "runtime/train/Refusal.h"
#include "runtime/train/RegularFile.h"

#include <cstring>
#include <new>

using namespace dlcc::train;

/// Pixels of the largest image that is decoded, 192 MB.
static constexpr int64_t kMostPixels = int64_t{1} << 26;

/// Whether a file is a PNG; a refusal where it is no JPEG either.
static bool isPng(FILE *file, const std::string &path) {
  unsigned char start[8] = {};
  size_t count = std::fread(start, 1, sizeof start, file);
  std::rewind(file);
  if (count == 0)
    throw Refusal(path + (std::ferror(file) ? " cannot be read" : " is empty"));
  if (std::memcmp(start, "\x89PNG\r\n\x1a\n", sizeof start) == 0)
    return true;
  if (std::memcmp(start, "\xff\xd8\xff", 3) == 0)
    return false;
  throw Refusal(path + " is neither a JPEG nor a PNG file: it begins with "
                       "other bytes");
}

static void checkSize(ImageSize size, const std::string &path) {
  int64_t pixels;
  if (__builtin_mul_overflow(size.height, size.width, &pixels) ||
      pixels > kMostPixels)
    throw Refusal(path + " is an image of " + std::to_string(size.width) +
                  " x " + std::to_string(size.height) +
                  " pixels; at most 2^26 are read");
}

ImageSize dlcc::train::readImageSize(const std::string &path) {
  auto file = openRegularStream(path);
  ImageSize size = isPng(file.get(), path) ? readPngSize(file.get(), path)
                                           : readJpegSize(file.get(), path);
  checkSize(size, path);
  return size;
}

Image dlcc::train::decodeImage(const std::string &path) {
  auto file = openRegularStream(path);
  return isPng(file.get(), path) ? decodePng(file.get(), path)
                                 : decodeJpeg(file.get(), path);
}

Image dlcc::train::makeImage(ImageSize size, const std::string &path) {
  checkSize(size, path);
  try {
    return {3, size.height, size.width,
            std::vector<unsigned char>(3 * size.height * size.width)};
  } catch (const std::bad_alloc &) {
    throw Refusal("no memory to decode " + path);
  }
}

void dlcc::train::setRows(Image &image, int64_t first, int64_t rows,
                          const unsigned char *interleaved) {
  int64_t plane = image.height * image.width, count = rows * image.width;
  unsigned char *red = image.pixels.data() + first * image.width,
                *green = red + plane, *blue = green + plane;
  for (int64_t i = 0; i < count; ++i) {
    red[i] = interleaved[3 * i];
    green[i] = interleaved[3 * i + 1];
    blue[i] = interleaved[3 * i + 2];
  }
}
