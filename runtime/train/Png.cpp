//===- Png.cpp - PNG files, by libpng -----------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libpng leaves an erroneous image by a call that may not return. Here it is a
// longjmp, into functions whose own variables need no destructor.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ImageFiles.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <png.h>

using namespace dlcc::train;

namespace {

class PngReader {
public:
  PngReader(FILE *file, const std::string &path) : file(file), path(path) {}
  ~PngReader() { png_destroy_read_struct(&state, &info, nullptr); }
  PngReader(const PngReader &) = delete;
  PngReader &operator=(const PngReader &) = delete;

  ImageSize readSize();
  Image decode();

private:
  /// Runs a part of libpng's work, refusing the file where it fails.
  template <typename Part> void run(Part part);
  [[noreturn]] static void fail(png_structp state, png_const_charp text);
  static void ignoreWarning(png_structp, png_const_charp) {}

  FILE *file;
  const std::string &path;
  png_structp state = nullptr;
  png_infop info = nullptr;
  std::jmp_buf failed;
  char message[200] = "";
};

void PngReader::fail(png_structp state, png_const_charp text) {
  auto *reader = static_cast<PngReader *>(png_get_error_ptr(state));
  std::strncpy(reader->message, text, sizeof reader->message - 1);
  std::longjmp(reader->failed, 1);
}

template <typename Part> void PngReader::run(Part part) {
  if (setjmp(failed) == 0)
    return part();
  throw Refusal(path + " cannot be decoded: " + message);
}

ImageSize PngReader::readSize() {
  state =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, this, fail, ignoreWarning);
  if (state)
    info = png_create_info_struct(state);
  if (!info)
    throw Refusal("no memory to decode " + path);
  run([&] {
    png_init_io(state, file);
    png_read_info(state, info);
  });
  return {png_get_image_height(state, info), png_get_image_width(state, info)};
}

Image PngReader::decode() {
  Image image = makeImage(readSize(), path);
  bool isInterlaced = png_get_interlace_type(state, info) != PNG_INTERLACE_NONE;
  // Interlaced rows are complete after the last pass only.
  int64_t rowBytes = 3 * image.width, kept = isInterlaced ? image.height : 1;
  std::vector<unsigned char> rows;
  try {
    rows.resize(kept * rowBytes);
  } catch (const std::bad_alloc &) {
    throw Refusal("no memory to decode " + path);
  }
  unsigned char *first = rows.data();
  run([&] {
    png_set_expand(state);
    png_set_scale_16(state);
    png_set_strip_alpha(state);
    png_set_gray_to_rgb(state);
    int passes = png_set_interlace_handling(state);
    png_read_update_info(state, info);
    if (static_cast<int64_t>(png_get_rowbytes(state, info)) != rowBytes)
      png_error(state, "its rows are not those of its header");
    for (int pass = 0; pass < passes; ++pass)
      for (int64_t y = 0; y < image.height; ++y) {
        unsigned char *row = first + (isInterlaced ? y * rowBytes : 0);
        png_read_row(state, row, nullptr);
        if (pass == passes - 1)
          setRows(image, y, 1, row);
      }
    png_read_end(state, nullptr);
  });
  return image;
}

} // namespace

ImageSize dlcc::train::readPngSize(FILE *file, const std::string &path) {
  return PngReader(file, path).readSize();
}

Image dlcc::train::decodePng(FILE *file, const std::string &path) {
  return PngReader(file, path).decode();
}
