//===- Batches.cpp - fields of the data to inputs of the model ------------===//
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
#include <limits>

using namespace dlcc;
using namespace dlcc::train;

static bool realInput(const dlcc_tensor &input) {
  return withType(input.type,
                  [](auto element) { return isReal<decltype(element)>; });
}

static const Field *findField(const Split &split, const std::string &name) {
  for (const Field &field : split.fields)
    if (field.name == name)
      return &field;
  return nullptr;
}

/// The error that lists both sides.
[[noreturn]] static void refuseBinding(const dlcc_entry &entry,
                                       const Split &split) {
  std::string text = "cannot tell which data goes where. The model wants";
  for (int32_t i = 0; i < entry.num_inputs; ++i)
    text += std::string(i ? ", '" : " '") + entry.inputs[i].name + "' " +
            rt::typeText(entry.inputs[i]);
  text += "; the data has";
  for (size_t i = 0; i < split.fields.size(); ++i)
    text += (i ? ", '" : " '") + split.fields[i].name + "' " +
            split.fields[i].typeText();
  throw Refusal(text);
}

static void checkShape(const dlcc_tensor &input, const Field &field) {
  if (input.row_elements == 0)
    throw Refusal("input '" + std::string(input.name) + "' " +
                  rt::typeText(input) +
                  " has no rows of a batch, so data "
                  "cannot be fed to it row by row");
  if (std::count(field.dims.begin(), field.dims.end(), -1))
    throw Refusal(field.file + " holds " + field.typeText() +
                  ", images of different sizes; input '" + input.name +
                  "' wants " + rt::typeText(input) +
                  ": scale them to one size first");
  if (field.rowElements() != input.row_elements)
    throw Refusal(field.file + " holds " + field.typeText() + ", " +
                  std::to_string(field.rowElements()) +
                  " values a row; input '" + input.name + "' wants " +
                  rt::typeText(input) + ", " +
                  std::to_string(input.row_elements) + " values a row");
}

/// The first and last whole number that an integer input can take.
static std::pair<double, double> integerRange(const dlcc_tensor &input) {
  auto [least, most] = withType(input.type, [](auto element) {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T>)
      return std::pair<double, double>(std::numeric_limits<T>::min(),
                                       std::numeric_limits<T>::max());
    else
      return std::pair<double, double>(0, 1);
  });
  if (input.bound > 0)
    return {0, static_cast<double>(input.bound - 1)};
  return {least, most};
}

/// Every value that is to become an integer is whole and in range.
static void checkIntegers(const dlcc_tensor &input, const Field &field) {
  auto [least, most] = integerRange(input);
  if (field.decoder) {
    if (least > 0 || most < 255)
      throw Refusal(field.file + " holds " + field.typeText() +
                    ", values from 0 to 255, but input '" + input.name +
                    "' takes whole numbers from " +
                    std::to_string(static_cast<int64_t>(least)) + " to " +
                    std::to_string(static_cast<int64_t>(most)));
    return;
  }
  int64_t count = field.rows * field.rowElements();
  withType(field.type, [&, least = least, most = most](auto element) {
    using T = decltype(element);
    const T *values = reinterpret_cast<const T *>(field.data.get());
    for (int64_t i = 0; i < count; ++i) {
      auto value = static_cast<double>(values[i]);
      if (value >= least && value <= most && value == std::floor(value))
        continue;
      std::string text = std::to_string(value);
      if (value == std::floor(value))
        text.erase(text.find('.'));
      throw Refusal(
          field.file + ": row " + std::to_string(i / field.rowElements()) +
          " has " + text + ", but input '" + input.name +
          "' takes whole numbers from " +
          std::to_string(static_cast<int64_t>(least)) + " to " +
          std::to_string(most >= 0x1p63 ? std::numeric_limits<int64_t>::max()
                                        : static_cast<int64_t>(most)));
    }
  });
}

/// What is finite in the file is finite in the input's narrower type too.
static void checkReals(const dlcc_tensor &input, const Field &field) {
  if (field.decoder)
    return; // bytes
  int64_t count = field.rows * field.rowElements();
  withType(input.type, [&](auto to) {
    withType(field.type, [&](auto from) {
      using To = decltype(to);
      using From = decltype(from);
      if constexpr (isReal<To> && !std::is_same_v<To, From> &&
                    sizeof(From) >= sizeof(To)) {
        const From *values = reinterpret_cast<const From *>(field.data.get());
        for (int64_t i = 0; i < count; ++i) {
          auto value = static_cast<double>(values[i]);
          if (std::isfinite(value) &&
              !std::isfinite(static_cast<double>(To(value))))
            throw Refusal(field.file + ": row " +
                          std::to_string(i / field.rowElements()) +
                          " has a number that is too large for input '" +
                          input.name + "' " + rt::typeText(input));
        }
      }
    });
  });
}

std::vector<const Field *> dlcc::train::bindFields(const dlcc_entry &entry,
                                                   const Split &split) {
  std::vector<const Field *> bound;
  for (int32_t i = 0; i < entry.num_inputs; ++i)
    bound.push_back(findField(split, entry.inputs[i].name));
  for (bool real : {true, false}) {
    const Field *field = findField(split, real ? "image" : "label");
    auto wants = [&](int32_t i) { return realInput(entry.inputs[i]) == real; };
    int32_t only = -1, number = 0;
    for (int32_t i = 0; i < entry.num_inputs; ++i)
      if (wants(i))
        only = i, ++number;
    if (number == 1 && !bound[only])
      bound[only] = field;
  }
  if (std::find(bound.begin(), bound.end(), nullptr) != bound.end())
    refuseBinding(entry, split);
  for (int32_t i = 0; i < entry.num_inputs; ++i) {
    checkShape(entry.inputs[i], *bound[i]);
    if (realInput(entry.inputs[i]))
      checkReals(entry.inputs[i], *bound[i]);
    else
      checkIntegers(entry.inputs[i], *bound[i]);
  }
  return bound;
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

Batches::Batches(const dlcc_entry &entry, const Split &split, int64_t batch) {
  std::vector<const Field *> fields = bindFields(entry, split);
  for (int32_t i = 0; i < entry.num_inputs; ++i) {
    const dlcc_tensor &input = entry.inputs[i];
    sources.push_back({fields[i], input.type, input.row_elements});
    buffers.emplace_back(batch * input.row_elements *
                         rt::elementBytes(input.type));
  }
  for (std::vector<unsigned char> &buffer : buffers)
    pointers.push_back(buffer.data());
}

/// One image, which has the size that its file's header gave at the start.
static Image decodeRow(const Field &field, int64_t row) {
  Image image = field.decoder->decode(row);
  if (std::vector<int64_t>{image.channels, image.height, image.width} !=
      field.dims)
    throw Refusal(field.decoder->fileOf(row) +
                  " has changed its size since training began");
  return image;
}

void Batches::fill(const uint32_t *samples, int64_t rows) {
  for (size_t i = 0; i < sources.size(); ++i) {
    const Source &source = sources[i];
    int64_t count = source.rowElements;
    withType(source.field->type, [&](auto from) {
      withType(source.type, [&](auto to) {
        using From = decltype(from);
        using To = decltype(to);
        const From *data =
            reinterpret_cast<const From *>(source.field->data.get());
        To *next = reinterpret_cast<To *>(buffers[i].data());
        for (int64_t r = 0; r < rows; ++r, next += count) {
          if (!source.field->decoder) {
            std::transform(data + samples[r] * count,
                           data + (samples[r] + 1) * count, next,
                           convert<To, From>);
            continue;
          }
          Image image = decodeRow(*source.field, samples[r]);
          std::transform(image.pixels.begin(), image.pixels.end(), next,
                         convert<To, uint8_t>);
        }
      });
    });
  }
}
