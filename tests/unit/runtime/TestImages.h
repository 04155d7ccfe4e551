//===- TestImages.h - image files for tests -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_RUNTIME_TESTIMAGES_H
#define DLCC_TESTS_UNIT_RUNTIME_TESTIMAGES_H

#include <cstdio>
#include <png.h>
// jpeglib.h needs <cstdio> before it.
#include <jpeglib.h>
#include <string>

namespace fake {

/// How a PNG is stored.
struct PngKind {
  int colorType = PNG_COLOR_TYPE_RGB, depth = 8, interlace = PNG_INTERLACE_NONE;
};

/// Writes rows of samples as they are stored (16 bits big-endian).
void writePng(const std::string &path, int width, int height,
              const std::string &rows, PngKind kind = {});

/// The passes over an image in a JPEG.
enum class JpegScans { One, OneAComponent, Progressive };

/// Writes interleaved samples of that colour space at quality 95, none of the
/// chroma left out.
void writeJpeg(const std::string &path, int width, int height,
               const std::string &rows, J_COLOR_SPACE space = JCS_RGB,
               JpegScans scans = JpegScans::One);

} // namespace fake

#endif // DLCC_TESTS_UNIT_RUNTIME_TESTIMAGES_H
