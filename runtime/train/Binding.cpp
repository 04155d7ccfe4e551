//===- Binding.cpp - which field of the data feeds an input ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Binding.h"
#include "runtime/Tensors.h"
#include "runtime/train/Elements.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

using namespace dlcc;
using namespace dlcc::train;

static bool realInput(const dlcc_tensor &input) {
  return withType(input.type,
                  [](auto element) { return isReal<decltype(element)>; });
}

/// The error that lists both sides.
[[noreturn]] static void refuseBinding(const dlcc_entry &entry,
                                       const Split &split) {
  std::string text = "cannot tell which data goes where. The model wants";
  for (int32_t i = 0; i < entry.num_inputs; ++i)
    text += std::string(i ? ", '" : " '") + entry.inputs[i].name + "' " +
            rt::typeText(entry.inputs[i]);
  throw Refusal(text + "; the data has " + split.fieldsText());
}

static std::string wants(const dlcc_tensor &input) {
  return std::string("input '") + input.name + "' wants " + rt::typeText(input);
}

/// Of an input's row, where that can be an image.
static std::optional<ImageShape> imageShape(const int64_t *dims, int64_t rank) {
  if (rank == 2)
    return ImageShape{1, dims[0], dims[1]};
  if (rank == 3)
    return ImageShape{dims[0], dims[1], dims[2]};
  return std::nullopt;
}

/// The call that would give images of the size that the input has.
static std::string sizeHint(const std::optional<ImageShape> &wanted,
                            const ImageShape &found) {
  if (!wanted || (found.channels >= 0 && found.channels != wanted->channels))
    return "";
  std::string size =
      std::to_string(wanted->height) + ", " + std::to_string(wanted->width);
  return "; in a data block resize(image, " + size +
         ") gives that size, or center_crop(resize(image, " +
         std::to_string(std::max(wanted->height, wanted->width)) + "), " +
         size + ")";
}

/// An image of the data, changed by the calls, is what the input takes.
static void checkImages(const BoundInput &bound) {
  const dlcc_tensor &input = *bound.input;
  const Field &field = *bound.field;
  std::optional<ImageShape> shape =
      imageShape(field.dims.data(), static_cast<int64_t>(field.dims.size()));
  if (!shape)
    throw Refusal("readers change images [channels, height, width]; " +
                  field.file + " holds " + field.typeText());
  ImageShape given = shapeAfter(bound.feed, *shape, field.file);
  std::optional<ImageShape> wanted = imageShape(input.dims + 1, input.rank - 1);
  std::string found = field.file + " holds " + field.typeText();
  if (given.channels < 0 || given.height < 0 || given.width < 0)
    throw Refusal(found + ", images of different sizes; " + wants(input) +
                  sizeHint(wanted, given));
  bool isSame = !wanted || (given.channels == wanted->channels &&
                            given.height == wanted->height &&
                            given.width == wanted->width);
  if (isSame &&
      given.channels * given.height * given.width == input.row_elements)
    return;
  throw Refusal(found +
                (bound.feed.num_calls
                     ? ", of which the data block makes " + given.str()
                     : "") +
                "; " + wants(input) + sizeHint(wanted, given));
}

static void checkShape(const BoundInput &bound) {
  const dlcc_tensor &input = *bound.input;
  const Field &field = *bound.field;
  if (input.row_elements == 0)
    throw Refusal("input '" + std::string(input.name) + "' " +
                  rt::typeText(input) +
                  " has no rows of a batch, so data "
                  "cannot be fed to it row by row");
  if (bound.feed.num_calls || field.decoder)
    return checkImages(bound);
  if (field.rowElements() == input.row_elements)
    return;
  std::optional<ImageShape> wanted, found;
  if (input.rank == 4)
    wanted = imageShape(input.dims + 1, input.rank - 1);
  found =
      imageShape(field.dims.data(), static_cast<int64_t>(field.dims.size()));
  throw Refusal(field.file + " holds " + field.typeText() + ", " +
                std::to_string(field.rowElements()) + " values a row; " +
                wants(input) + ", " + std::to_string(input.row_elements) +
                " values a row" + (found ? sizeHint(wanted, *found) : ""));
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

/// The fields that the data blocks name.
static void bindNamed(const dlcc_entry &entry, const Split &split,
                      std::vector<BoundInput> &bound) {
  for (int32_t i = 0; i < entry.num_inputs; ++i) {
    const dlcc_feed &feed = entry.feeds[i];
    if (!feed.field)
      continue;
    bound[i].feed = feed;
    bound[i].field = split.find(feed.field);
    if (!bound[i].field)
      throw Refusal(std::string("input '") + entry.inputs[i].name +
                    "' is fed by the field '" + feed.field +
                    "', which the data does not have; it has " +
                    split.fieldsText());
  }
}

/// Equal names; else a single real input takes 'image' and a single integer
/// input takes 'label'.
static void bindRest(const dlcc_entry &entry, const Split &split,
                     std::vector<BoundInput> &bound) {
  for (BoundInput &input : bound)
    if (!input.field)
      input.field = split.find(input.input->name);
  for (bool real : {true, false}) {
    auto takes = [&](const BoundInput &input) {
      return realInput(*input.input) == real;
    };
    auto only = std::find_if(bound.begin(), bound.end(), takes);
    if (only != bound.end() && !only->field &&
        std::count_if(bound.begin(), bound.end(), takes) == 1)
      only->field = split.find(real ? "image" : "label");
  }
  for (const BoundInput &input : bound)
    if (!input.field)
      refuseBinding(entry, split);
}

std::vector<BoundInput> dlcc::train::bindInputs(const dlcc_entry &entry,
                                                const Split &split) {
  std::vector<BoundInput> bound;
  for (int32_t i = 0; i < entry.num_inputs; ++i)
    bound.push_back({&entry.inputs[i], nullptr, {}});
  if (entry.feeds && !split.holdsInputs)
    bindNamed(entry, split, bound);
  bindRest(entry, split, bound);
  for (const BoundInput &input : bound) {
    checkShape(input);
    if (!realInput(*input.input))
      checkIntegers(*input.input, *input.field);
    else if (!input.field->decoder)
      checkReals(*input.input, *input.field);
  }
  return bound;
}
