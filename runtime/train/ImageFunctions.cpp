//===- ImageFunctions.cpp - what readers do to images ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ImageFunctions.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

using namespace dlcc::train;

template <typename T>
ImageOf<T> dlcc::train::crop(const ImageOf<T> &image, const Window &window) {
  ImageOf<T> result = {image.channels, window.height, window.width, {}};
  result.pixels.resize(image.channels * window.height * window.width);
  // The rows and columns of the window that lie inside.
  int64_t firstRow = std::clamp<int64_t>(-window.top, 0, window.height);
  int64_t endRow =
      std::clamp<int64_t>(image.height - window.top, firstRow, window.height);
  int64_t first = std::clamp<int64_t>(-window.left, 0, window.width);
  int64_t end =
      std::clamp<int64_t>(image.width - window.left, first, window.width);
  for (int64_t c = 0; c < image.channels; ++c)
    for (int64_t y = firstRow; y < endRow; ++y) {
      const T *from = image.pixels.data() +
                      (c * image.height + window.top + y) * image.width +
                      window.left + first;
      std::copy_n(from, end - first,
                  result.pixels.data() +
                      (c * window.height + y) * window.width + first);
    }
  return result;
}

template <typename T> void dlcc::train::flip(ImageOf<T> &image) {
  for (auto row = image.pixels.begin(); row != image.pixels.end();
       row += image.width)
    std::reverse(row, row + image.width);
}

namespace {

/// Which pixels along an axis a new one is made of, and what each counts.
struct Taps {
  int64_t count; ///< for each new pixel
  std::vector<int64_t> first;
  std::vector<float> weights; ///< [new pixel][count]
};

/// A triangle around each new pixel's centre, as wide as the pixels of the
/// coarser side are apart.
Taps triangles(int64_t from, int64_t to) {
  double scale = static_cast<double>(from) / static_cast<double>(to);
  double reach = std::max(scale, 1.0);
  Taps taps;
  taps.count = std::min(from, static_cast<int64_t>(std::ceil(2 * reach)) + 1);
  for (int64_t i = 0; i < to; ++i) {
    double centre = (static_cast<double>(i) + 0.5) * scale;
    auto first = std::clamp<int64_t>(
        static_cast<int64_t>(std::floor(centre - reach + 0.5)), 0,
        from - taps.count);
    auto weight = [&](int64_t x) {
      return std::max(
          1 - std::fabs(static_cast<double>(x) + 0.5 - centre) / reach, 0.0);
    };
    double sum = 0;
    for (int64_t x = first; x < first + taps.count; ++x)
      sum += weight(x);
    taps.first.push_back(first);
    for (int64_t x = first; x < first + taps.count; ++x)
      taps.weights.push_back(static_cast<float>(weight(x) / sum));
  }
  return taps;
}

template <typename T> T rounded(float value) {
  if constexpr (std::is_same_v<T, float>)
    return value;
  else
    return static_cast<T>(std::clamp(value + 0.5f, 0.0f, 255.0f));
}

} // namespace

template <typename T>
ImageOf<T> dlcc::train::resize(const ImageOf<T> &image, int64_t height,
                               int64_t width) {
  if (height == image.height && width == image.width)
    return image;
  Taps columns = triangles(image.width, width);
  Taps rows = triangles(image.height, height);
  ImageOf<T> result = {image.channels, height, width, {}};
  result.pixels.resize(image.channels * height * width);
  std::vector<float> line(image.width);
  T *to = result.pixels.data();
  for (int64_t c = 0; c < image.channels; ++c)
    for (int64_t y = 0; y < height; ++y) {
      const T *from = image.pixels.data() +
                      (c * image.height + rows.first[y]) * image.width;
      std::fill(line.begin(), line.end(), 0.0f);
      for (int64_t k = 0; k < rows.count; ++k, from += image.width) {
        float weight = rows.weights[y * rows.count + k];
        for (int64_t x = 0; x < image.width; ++x)
          line[x] += weight * static_cast<float>(from[x]);
      }
      const float *weight = columns.weights.data();
      for (int64_t x = 0; x < width; ++x) {
        float sum = 0;
        for (int64_t k = 0; k < columns.count; ++k)
          sum += *weight++ * line[columns.first[x] + k];
        *to++ = rounded<T>(sum);
      }
    }
  return result;
}

void dlcc::train::normalize(ImageOf<float> &image, const double *numbers,
                            int64_t count) {
  int64_t plane = image.height * image.width, sets = count / 2;
  if (sets != 1 && sets != image.channels) {
    for (int64_t i = 0; i < sets; ++i)
      image.pixels[i] = (image.pixels[i] - static_cast<float>(numbers[i])) /
                        static_cast<float>(numbers[sets + i]);
    return;
  }
  for (int64_t c = 0; c < image.channels; ++c) {
    int64_t set = sets == 1 ? 0 : c;
    auto mean = static_cast<float>(numbers[set]);
    auto deviation = static_cast<float>(numbers[sets + set]);
    float *values = image.pixels.data() + c * plane;
    for (int64_t i = 0; i < plane; ++i)
      values[i] = (values[i] - mean) / deviation;
  }
}

namespace dlcc::train {
template ImageOf<unsigned char> crop(const ImageOf<unsigned char> &,
                                     const Window &);
template ImageOf<float> crop(const ImageOf<float> &, const Window &);
template void flip(ImageOf<unsigned char> &);
template void flip(ImageOf<float> &);
template ImageOf<unsigned char> resize(const ImageOf<unsigned char> &, int64_t,
                                       int64_t);
template ImageOf<float> resize(const ImageOf<float> &, int64_t, int64_t);
} // namespace dlcc::train
