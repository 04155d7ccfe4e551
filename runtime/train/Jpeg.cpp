//===- Jpeg.cpp - JPEG files, by libjpeg --------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libjpeg leaves an erroneous image by a call that may not return. Here it is a
// longjmp, into functions whose own variables need no destructor.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ImageFiles.h"
#include "runtime/train/Refusal.h"

#include <csetjmp>
#include <cstring>
#include <jerror.h>
#include <jpeglib.h>

using namespace dlcc::train;

namespace {

class JpegReader {
public:
  JpegReader(FILE *file, const std::string &path) : file(file), path(path) {}
  ~JpegReader() { jpeg_destroy_decompress(&state); }
  JpegReader(const JpegReader &) = delete;
  JpegReader &operator=(const JpegReader &) = delete;

  ImageSize readSize();
  Image decode();

private:
  /// Runs a part of libjpeg's work, refusing the file where it fails.
  template <typename Part> void run(Part part);
  static JpegReader &of(j_common_ptr state) {
    return *static_cast<JpegReader *>(state->client_data);
  }
  [[noreturn]] static void fail(j_common_ptr state);
  static void judgeWarning(j_common_ptr state, int level);
  static void limitScans(j_common_ptr state);

  FILE *file;
  const std::string &path;
  jpeg_decompress_struct state = {};
  jpeg_error_mgr errors = {};
  jpeg_progress_mgr progress = {};
  std::jmp_buf failed;
  char message[JMSG_LENGTH_MAX] = "";
};

void JpegReader::fail(j_common_ptr state) {
  JpegReader &reader = of(state);
  state->err->format_message(state, reader.message);
  std::longjmp(reader.failed, 1);
}

/// libjpeg warns of data that is lost or wrong and goes on with grey; that is
/// no image to learn from. Other oddities are common and harmless.
void JpegReader::judgeWarning(j_common_ptr state, int level) {
  int code = state->err->msg_code;
  if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_JFIF_MAJOR &&
      code != JWRN_ADOBE_XFORM)
    fail(state);
}

/// A small file can ask for millions of passes over a large image.
void JpegReader::limitScans(j_common_ptr state) {
  constexpr int mostScans = 500;
  if (!state->is_decompressor ||
      reinterpret_cast<j_decompress_ptr>(state)->input_scan_number <= mostScans)
    return;
  JpegReader &reader = of(state);
  std::strcpy(reader.message, "it has more than 500 scans");
  std::longjmp(reader.failed, 1);
}

template <typename Part> void JpegReader::run(Part part) {
  if (setjmp(failed) == 0)
    return part();
  throw Refusal(path + " cannot be decoded: " + message);
}

ImageSize JpegReader::readSize() {
  state.err = jpeg_std_error(&errors);
  state.client_data = this;
  errors.error_exit = fail;
  errors.emit_message = judgeWarning;
  progress.progress_monitor = limitScans;
  run([&] {
    jpeg_create_decompress(&state);
    state.progress = &progress;
    jpeg_stdio_src(&state, file);
    jpeg_read_header(&state, /*require_image=*/TRUE);
  });
  return {state.image_height, state.image_width};
}

/// Ink to light. Adobe's programs write how much of the paper is left bare.
static void convertCmyk(unsigned char *row, int64_t pixels, bool isInverted) {
  for (int64_t i = 0; i < pixels; ++i)
    for (int c = 0; c < 3; ++c) {
      int ink = row[4 * i + c], black = row[4 * i + 3];
      int product = isInverted ? ink * black : (255 - ink) * (255 - black);
      // Pixel i is read from 4 * i on, so what is written is done with.
      row[3 * i + c] = static_cast<unsigned char>((product + 127) / 255);
    }
}

Image JpegReader::decode() {
  Image image = makeImage(readSize(), path);
  bool isCmyk =
      state.jpeg_color_space == JCS_CMYK || state.jpeg_color_space == JCS_YCCK;
  state.out_color_space = isCmyk ? JCS_CMYK : JCS_RGB;
  std::vector<unsigned char> row((isCmyk ? 4 : 3) * image.width);
  unsigned char *rows[] = {row.data()};
  run([&] {
    jpeg_start_decompress(&state);
    while (state.output_scanline < state.output_height) {
      int64_t y = state.output_scanline;
      jpeg_read_scanlines(&state, rows, 1);
      if (isCmyk)
        convertCmyk(rows[0], image.width, state.saw_Adobe_marker);
      setRows(image, y, 1, rows[0]);
    }
    jpeg_finish_decompress(&state);
  });
  return image;
}

} // namespace

ImageSize dlcc::train::readJpegSize(FILE *file, const std::string &path) {
  return JpegReader(file, path).readSize();
}

Image dlcc::train::decodeJpeg(FILE *file, const std::string &path) {
  return JpegReader(file, path).decode();
}
