//===- Batches.cpp - rows of the data as inputs of the model --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Batches.h"
#include "runtime/Tensors.h"
#include "runtime/train/Elements.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <cmath>

using namespace dlcc;
using namespace dlcc::train;

Batch::Batch(const dlcc_entry &entry, int64_t rows) {
  for (int32_t i = 0; i < entry.num_inputs; ++i)
    buffers.emplace_back(rows * entry.inputs[i].row_elements *
                         rt::elementBytes(entry.inputs[i].type));
  for (std::vector<unsigned char> &buffer : buffers)
    pointers.push_back(buffer.data());
}

/// One element. Bytes are pictures: 255 is 1.
template <typename To, typename From> static To convert(From value) {
  if constexpr (std::is_same_v<To, From>)
    return value;
  else if constexpr (isReal<To> && std::is_same_v<From, uint8_t>)
    return To(static_cast<float>(value) / 255.0f);
  else if constexpr (isReal<To> || isReal<From>)
    return To(static_cast<double>(value));
  else
    return To(static_cast<int64_t>(value));
}

/// A resized image of whole numbers is rounded to them again.
template <typename To> static To convertPixel(float value) {
  if constexpr (isReal<To>)
    return convert<To>(value);
  else
    return To(static_cast<int64_t>(std::lround(value)));
}

/// Rows that go in as they are in memory.
static void copyRows(const BoundInput &bound, const uint32_t *samples,
                     int64_t first, int64_t count, void *to) {
  int64_t width = bound.input->row_elements;
  withType(bound.field->type, [&](auto from) {
    withType(bound.input->type, [&](auto element) {
      using From = decltype(from);
      using To = decltype(element);
      const From *data =
          reinterpret_cast<const From *>(bound.field->data.get());
      To *next = static_cast<To *>(to) + first * width;
      for (int64_t row = first; row < first + count; ++row, next += width) {
        const From *begin = data + bound.field->firstElement(samples[row]);
        std::transform(begin, begin + width, next, convert<To, From>);
      }
    });
  });
}

/// An image, which has the size that its file's header gave at the start.
static Image decodeRow(const Field &field, int64_t row) {
  Image image = field.decoder->decode(row);
  const int64_t found[] = {image.channels, image.height, image.width};
  for (int axis = 0; axis < 3; ++axis)
    if (field.dims[axis] >= 0 && field.dims[axis] != found[axis])
      throw Refusal(field.decoder->fileOf(row) +
                    " has changed its size since training began");
  return image;
}

/// A row as an image: bytes, or real numbers of the same values.
static AnyImage loadImage(const Field &field, int64_t row) {
  if (field.decoder)
    return decodeRow(field, row);
  ImageShape shape = {1, field.dims[field.dims.size() - 2], field.dims.back()};
  if (field.dims.size() == 3)
    shape.channels = field.dims[0];
  int64_t count = field.rowElements();
  if (field.type == DLCC_U8) {
    const unsigned char *begin = field.data.get() + row * count;
    return Image{
        shape.channels, shape.height, shape.width, {begin, begin + count}};
  }
  ImageOf<float> image = {shape.channels, shape.height, shape.width, {}};
  image.pixels.resize(count);
  withType(field.type, [&](auto from) {
    using From = decltype(from);
    const From *begin =
        reinterpret_cast<const From *>(field.data.get()) + row * count;
    std::transform(begin, begin + count, image.pixels.begin(),
                   convert<float, From>);
  });
  return image;
}

/// Rows that are images to be decoded or changed.
static void makeRow(const BoundInput &bound, int64_t sample, RowRandom random,
                    int64_t row, void *to) {
  const Field &field = *bound.field;
  std::string where =
      field.decoder ? field.decoder->fileOf(sample) : field.file;
  AnyImage image =
      applyCalls(bound.feed, loadImage(field, sample), random, where);
  int64_t width = bound.input->row_elements;
  std::visit(
      [&](const auto &made) {
        if (static_cast<int64_t>(made.pixels.size()) != width)
          throw Refusal(where + " gives an image " + shapeOf(image).str() +
                        "; input '" + bound.input->name + "' wants " +
                        rt::typeText(*bound.input));
        withType(bound.input->type, [&](auto element) {
          using To = decltype(element);
          To *next = static_cast<To *>(to) + row * width;
          for (auto pixel : made.pixels)
            if constexpr (std::is_same_v<decltype(pixel), float>)
              *next++ = convertPixel<To>(pixel);
            else
              *next++ = convert<To>(pixel);
        });
      },
      image);
}

BatchFiller::BatchFiller(const dlcc_entry &entry, const Split &split)
    : bound(bindInputs(entry, split)) {}

static bool needsWork(const BoundInput &input) {
  return input.feed.num_calls || input.field->decoder;
}

bool BatchFiller::hasWork() const {
  return std::any_of(bound.begin(), bound.end(), needsWork);
}

void BatchFiller::fill(const Batch &batch, const uint32_t *samples,
                       int64_t first, int64_t count, uint64_t seed,
                       int64_t epoch) const {
  for (size_t i = 0; i < bound.size(); ++i)
    if (!needsWork(bound[i]))
      copyRows(bound[i], samples, first, count, batch.inputs()[i]);
  // Row by row, so that the first one that cannot be decoded is refused.
  for (int64_t row = first; row < first + count; ++row)
    for (size_t i = 0; i < bound.size(); ++i)
      if (needsWork(bound[i]))
        makeRow(bound[i], samples[row], RowRandom(seed, epoch, samples[row]),
                row, batch.inputs()[i]);
}
