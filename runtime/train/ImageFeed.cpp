//===- ImageFeed.cpp - the reader calls of a feed -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ImageFeed.h"
#include "runtime/train/ImageFunctions.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <cmath>
#include <span>

using namespace dlcc::train;

static std::string sizeText(int64_t size) {
  return size < 0 ? "?" : std::to_string(size);
}

std::string ImageShape::str() const {
  return "[" + sizeText(channels) + ", " + sizeText(height) + ", " +
         sizeText(width) + "]";
}

ImageShape dlcc::train::shapeOf(const AnyImage &image) {
  return std::visit(
      [](const auto &pixels) {
        return ImageShape{pixels.channels, pixels.height, pixels.width};
      },
      image);
}

/// The shorter side becomes `side`, the longer one keeps the ratio.
static ImageShape shorterSide(const ImageShape &shape, int64_t side,
                              const std::string &where) {
  if (shape.height < 0 || shape.width < 0)
    return {shape.channels, -1, -1};
  int64_t shorter = std::min(shape.height, shape.width);
  int64_t longer = side * std::max(shape.height, shape.width) / shorter;
  if (constexpr int64_t most = 1 << 16; longer > most)
    throw Refusal(where + ": the image " + shape.str() +
                  " is too long for its width; with a shorter side of " +
                  std::to_string(side) + " the longer one would be " +
                  std::to_string(longer));
  if (shape.height <= shape.width)
    return {shape.channels, side, longer};
  return {shape.channels, longer, side};
}

static void checkCrop(const ImageShape &image, int64_t height, int64_t width,
                      int64_t pad, const std::string &where) {
  bool fits = (image.height < 0 || height <= image.height + 2 * pad) &&
              (image.width < 0 || width <= image.width + 2 * pad);
  if (fits)
    return;
  std::string size = std::to_string(height) + " x " + std::to_string(width);
  throw Refusal(where + ": a crop of " + size +
                " does not fit into the image " + image.str() +
                (pad ? ", padded by " + std::to_string(pad) : "") +
                "; resize(image, " + std::to_string(std::max(height, width)) +
                ") before it makes room");
}

static ImageShape shapeAfterCall(const dlcc_reader_call &call, ImageShape shape,
                                 const std::string &where) {
  auto number = [&](int i) { return static_cast<int64_t>(call.numbers[i]); };
  switch (call.function) {
  case DLCC_RESIZE:
    if (call.num_numbers == 1)
      return shorterSide(shape, number(0), where);
    return {shape.channels, number(0), number(1)};
  case DLCC_CENTER_CROP:
    checkCrop(shape, number(0), number(1), 0, where);
    return {shape.channels, number(0), number(1)};
  case DLCC_RANDOM_CROP:
    checkCrop(shape, number(0), number(1), number(2), where);
    return {shape.channels, number(0), number(1)};
  case DLCC_RANDOM_RESIZED_CROP:
    return {shape.channels, number(0), number(1)};
  case DLCC_NORMALIZE:
    if (int64_t sets = call.num_numbers / 2;
        sets > 1 && shape.channels >= 0 && sets != shape.channels) {
      bool isKnown = shape.height >= 0 && shape.width >= 0;
      bool isEachPixel =
          isKnown ? sets == shape.channels * shape.height * shape.width
                  : sets % shape.channels == 0;
      if (!isEachPixel)
        throw Refusal(where + ": normalize is for " + std::to_string(sets) +
                      " channels, the image is " + shape.str());
    }
    return shape;
  default:
    return shape;
  }
}

ImageShape dlcc::train::shapeAfter(const dlcc_feed &feed, ImageShape shape,
                                   const std::string &where) {
  for (const dlcc_reader_call &call : std::span(feed.calls, feed.num_calls))
    shape = shapeAfterCall(call, shape, where);
  return shape;
}

/// Of the area and the ratio that the numbers allow, as torchvision chooses:
/// ten tries, else the largest window in the middle that the ratio allows.
static Window randomWindow(const ImageShape &image, const double *numbers,
                           RowRandom &random) {
  auto height = static_cast<double>(image.height);
  auto width = static_cast<double>(image.width);
  double leastRatio = numbers[4], mostRatio = numbers[5];
  for (int attempt = 0; attempt < 10; ++attempt) {
    double area = height * width * random.between(numbers[2], numbers[3]);
    double ratio =
        std::exp(random.between(std::log(leastRatio), std::log(mostRatio)));
    auto w = static_cast<int64_t>(std::lround(std::sqrt(area * ratio)));
    auto h = static_cast<int64_t>(std::lround(std::sqrt(area / ratio)));
    int64_t top = random.word(), left = random.word();
    if (w < 1 || h < 1 || w > image.width || h > image.height)
      continue;
    return {top * (image.height - h + 1) >> 32,
            left * (image.width - w + 1) >> 32, h, w};
  }
  double ratio = std::clamp(width / height, leastRatio, mostRatio);
  auto w = std::clamp<int64_t>(std::lround(height * ratio), 1, image.width);
  auto h = std::clamp<int64_t>(std::lround(width / ratio), 1, image.height);
  return {(image.height - h) / 2, (image.width - w) / 2, h, w};
}

template <typename T>
static void applyCall(const dlcc_reader_call &call, ImageOf<T> &image,
                      RowRandom &random, const std::string &where) {
  ImageShape from = {image.channels, image.height, image.width};
  ImageShape to = shapeAfterCall(call, from, where);
  switch (call.function) {
  case DLCC_RESIZE:
    image = resize(image, to.height, to.width);
    break;
  case DLCC_CENTER_CROP:
    image = crop(image, {(from.height - to.height) / 2,
                         (from.width - to.width) / 2, to.height, to.width});
    break;
  case DLCC_RANDOM_CROP: {
    random.beginCall();
    auto pad = static_cast<int64_t>(call.numbers[2]);
    int64_t top = random.below(from.height + 2 * pad - to.height + 1) - pad;
    int64_t left = random.below(from.width + 2 * pad - to.width + 1) - pad;
    image = crop(image, {top, left, to.height, to.width});
    break;
  }
  case DLCC_RANDOM_RESIZED_CROP:
    random.beginCall();
    image = resize(crop(image, randomWindow(from, call.numbers, random)),
                   to.height, to.width);
    break;
  case DLCC_RANDOM_FLIP:
    random.beginCall();
    if (random.below(2))
      flip(image);
    break;
  default:
    break;
  }
}

/// Bytes become shares of 255.
static ImageOf<float> toReals(AnyImage &&image) {
  if (auto *reals = std::get_if<ImageOf<float>>(&image))
    return std::move(*reals);
  const auto &bytes = std::get<ImageOf<unsigned char>>(image);
  ImageOf<float> reals = {bytes.channels, bytes.height, bytes.width, {}};
  reals.pixels.reserve(bytes.pixels.size());
  for (unsigned char byte : bytes.pixels)
    reals.pixels.push_back(static_cast<float>(byte) / 255.0f);
  return reals;
}

AnyImage dlcc::train::applyCalls(const dlcc_feed &feed, AnyImage image,
                                 RowRandom random, const std::string &where) {
  for (const dlcc_reader_call &call : std::span(feed.calls, feed.num_calls)) {
    if (call.function == DLCC_NORMALIZE) {
      shapeAfterCall(call, shapeOf(image), where);
      ImageOf<float> reals = toReals(std::move(image));
      normalize(reals, call.numbers, call.num_numbers);
      image = std::move(reals);
      continue;
    }
    std::visit([&](auto &pixels) { applyCall(call, pixels, random, where); },
               image);
  }
  return image;
}
