//===- Npz.cpp - several NumPy arrays in a file -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"
#include "runtime/train/ZipArchive.h"

#include <algorithm>

using namespace dlcc::train;

static constexpr std::string_view kTrain = "_train", kTest = "_test";

/// The names of the arrays: those of the members without ".npy".
static std::vector<std::string> arrayNames(const std::string &path,
                                           const ZipArchive &archive) {
  constexpr std::string_view ending = ".npy";
  std::vector<std::string> names;
  for (const ZipArchive::Member &member : archive.members()) {
    std::string name = member.name;
    if (!name.ends_with(ending))
      throw Refusal(path + " holds '" + name + "', which is no .npy array");
    names.push_back(name.substr(0, name.size() - ending.size()));
  }
  if (names.empty())
    throw Refusal(path + " holds no arrays");
  return names;
}

/// Whether the names tell splits: x_train, y_train, x_test, y_test, as Keras
/// has them. Then there may be no others.
static bool haveSplits(const std::string &path,
                       const std::vector<std::string> &names) {
  auto isTrain = [](const std::string &name) { return name.ends_with(kTrain); };
  auto other = std::find_if(names.begin(), names.end(), [&](auto &name) {
    return !isTrain(name) && !name.ends_with(kTest);
  });
  if (other == names.end())
    return true;
  auto train = std::find_if(names.begin(), names.end(), isTrain);
  if (train != names.end())
    throw Refusal(path + " holds '" + *train +
                  "', of the training data, and '" + *other +
                  "', whose name ends neither in _train nor in _test");
  return false;
}

DataSet dlcc::train::readNpz(const std::string &path) {
  ZipArchive archive(path);
  std::vector<std::string> names = arrayNames(path, archive);
  bool splits = haveSplits(path, names);
  Split train, test;
  for (size_t i = 0; i < names.size(); ++i) {
    std::string name = names[i];
    bool isTest = splits && name.ends_with(kTest);
    std::string field = name;
    if (splits)
      field.resize(name.size() - (isTest ? kTest : kTrain).size());
    std::unique_ptr<ByteSource> source =
        archive.open(archive.members()[i], path + ", array '" + name + "'");
    (isTest ? test : train).add(readNpy(*source, field));
  }
  if (train.fields.empty())
    return {std::move(test), std::nullopt};
  if (test.fields.empty())
    return {std::move(train), std::nullopt};
  return {std::move(train), std::move(test)};
}
