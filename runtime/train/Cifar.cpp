//===- Cifar.cpp - the binary files of CIFAR-10 and CIFAR-100 -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Records of labels, one byte each, and 3 x 32 x 32 bytes of red, green and
// blue (https://www.cs.toronto.edu/~kriz/cifar.html). CIFAR-10 has one label,
// CIFAR-100 a coarse and a fine one.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ByteReader.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"

#include <algorithm>

using namespace dlcc::train;

static constexpr int64_t kImageBytes = 3 * 32 * 32;

/// The first byte that is no class, of all records.
static void checkLabels(const std::string &file,
                        const std::vector<unsigned char> &records,
                        int64_t recordBytes, int64_t at, int classes) {
  for (size_t row = 0; row * recordBytes < records.size(); ++row)
    if (int label = records[row * recordBytes + at]; label >= classes)
      throw Refusal(file + " is no file of CIFAR: the label of row " +
                    std::to_string(row) + " is " + std::to_string(label) +
                    ", and there are " + std::to_string(classes) + " classes");
}

Split dlcc::train::readCifar(const std::vector<std::string> &files,
                             bool hasCoarse) {
  int64_t labelBytes = hasCoarse ? 2 : 1;
  int64_t recordBytes = labelBytes + kImageBytes;
  std::vector<std::vector<unsigned char>> parts;
  int64_t rows = 0;
  for (const std::string &file : files) {
    parts.push_back(ByteReader(file).readRecords(recordBytes));
    if (hasCoarse)
      checkLabels(file, parts.back(), recordBytes, 0, 20);
    checkLabels(file, parts.back(), recordBytes, labelBytes - 1,
                hasCoarse ? 100 : 10);
    rows += parts.back().size() / recordBytes;
  }
  auto makeField = [&](const char *name, std::vector<int64_t> dims,
                       int64_t from, int64_t bytes) {
    Field field = {name,    files.front(),
                   DLCC_U8, std::move(dims),
                   rows,    allocateFor(files.front(), rows * bytes)};
    unsigned char *next = field.data.get();
    for (const std::vector<unsigned char> &part : parts)
      for (size_t at = from; at < part.size(); at += recordBytes)
        next = std::copy_n(part.data() + at, bytes, next);
    return field;
  };
  Split split;
  split.add(makeField("image", {3, 32, 32}, labelBytes, kImageBytes));
  split.add(makeField("label", {}, labelBytes - 1, 1));
  if (hasCoarse)
    split.add(makeField("coarse", {}, 0, 1));
  return split;
}
