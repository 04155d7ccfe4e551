//===- TestImages.cpp - image files for tests ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestImages.h"

#include <cstdlib>
#include <filesystem>

static FILE *create(const std::string &path) {
  std::filesystem::create_directories(
      std::filesystem::path(path).parent_path());
  FILE *file = std::fopen(path.c_str(), "wb");
  if (!file)
    std::abort();
  return file;
}

/// libpng and libjpeg only read what they are given.
static unsigned char *bytesAt(const std::string &rows, size_t at) {
  return reinterpret_cast<unsigned char *>(const_cast<char *>(&rows[at]));
}

void fake::writePng(const std::string &path, int width, int height,
                    const std::string &rows, PngKind kind) {
  FILE *file = create(path);
  // Errors end the test.
  png_structp state =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(state);
  png_init_io(state, file);
  png_set_IHDR(state, info, width, height, kind.depth, kind.colorType,
               kind.interlace, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_color palette[2] = {{10, 20, 30}, {40, 50, 60}};
  if (kind.colorType == PNG_COLOR_TYPE_PALETTE)
    png_set_PLTE(state, info, palette, 2);
  png_write_info(state, info);
  int passes = png_set_interlace_handling(state);
  for (int pass = 0; pass < passes; ++pass)
    for (int y = 0; y < height; ++y)
      png_write_row(state, bytesAt(rows, rows.size() / height * y));
  png_write_end(state, nullptr);
  png_destroy_write_struct(&state, &info);
  std::fclose(file);
}

void fake::writeJpeg(const std::string &path, int width, int height,
                     const std::string &rows, J_COLOR_SPACE space,
                     JpegScans scans) {
  FILE *file = create(path);
  jpeg_compress_struct state = {};
  jpeg_error_mgr errors = {};
  state.err = jpeg_std_error(&errors); // errors end the test
  jpeg_create_compress(&state);
  jpeg_stdio_dest(&state, file);
  state.image_width = width;
  state.image_height = height;
  state.input_components = space == JCS_GRAYSCALE ? 1
                           : space == JCS_CMYK    ? 4
                                                  : 3;
  state.in_color_space = space;
  jpeg_set_defaults(&state);
  jpeg_set_quality(&state, 95, TRUE);
  state.comp_info[0].h_samp_factor = state.comp_info[0].v_samp_factor = 1;
  constexpr jpeg_scan_info single[] = {
      {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
  if (scans == JpegScans::Progressive)
    jpeg_simple_progression(&state);
  if (scans == JpegScans::OneAComponent) {
    state.scan_info = single;
    state.num_scans = 3;
  }
  jpeg_start_compress(&state, TRUE);
  while (state.next_scanline < state.image_height) {
    JSAMPROW row = bytesAt(rows, rows.size() / height * state.next_scanline);
    jpeg_write_scanlines(&state, &row, 1);
  }
  jpeg_finish_compress(&state);
  jpeg_destroy_compress(&state);
  std::fclose(file);
}
