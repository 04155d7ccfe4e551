//===- ReadData.cpp - which reader a folder or file wants -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>

using namespace dlcc::train;
namespace fs = std::filesystem;

/// The path of an MNIST file, plain or gzipped; "" where there is neither.
static std::string findIdx(const fs::path &folder, const std::string &split,
                           const std::string &kind) {
  for (const char *separator : {"-", "."})
    for (const char *ending : {"", ".gz"}) {
      fs::path path =
          folder / (split + "-" + kind.substr(0, kind.find('-')) + separator +
                    kind.substr(kind.find('-') + 1) + ending);
      if (fs::exists(path))
        return path.string();
    }
  return "";
}

/// Images and labels of one split; nothing where neither file is there.
static std::optional<Split> readIdxSplit(const fs::path &folder,
                                         const std::string &split) {
  std::string images = findIdx(folder, split, "images-idx3-ubyte");
  std::string labels = findIdx(folder, split, "labels-idx1-ubyte");
  if (images.empty() && labels.empty())
    return std::nullopt;
  if (images.empty() || labels.empty())
    throw Refusal((images.empty() ? labels : images) + " lies without " +
                  split + (images.empty() ? "-images" : "-labels") + "-idx" +
                  (images.empty() ? "3" : "1") + "-ubyte in the same folder");
  Split result;
  result.add(readIdx(images, "image"));
  result.add(readIdx(labels, "label"));
  return result;
}

/// The files of a folder with that ending, sorted.
static std::vector<fs::path> filesEnding(const fs::path &folder,
                                         const std::string &ending) {
  std::vector<fs::path> files;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder))
    if (!entry.is_directory() && entry.path().extension() == ending)
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

static std::optional<Split> readNpySplit(const fs::path &folder) {
  if (!fs::is_directory(folder))
    return std::nullopt;
  std::vector<fs::path> files = filesEnding(folder, ".npy");
  if (files.empty())
    return std::nullopt;
  Split split;
  for (const fs::path &file : files)
    split.add(readNpy(file.string(), file.stem().string()));
  return split;
}

/// A file with a whole data set, by its ending.
static DataSet readTable(const fs::path &path) {
  if (path.extension() == ".npz")
    return readNpz(path.string());
  DataSet data;
  if (path.extension() == ".txt")
    data.train.text = path.string();
  else
    data.train = readCsv(path.string());
  return data;
}

/// train.csv and test.csv, or the folder's only CSV file; .npz and .txt
/// likewise.
static std::optional<DataSet> readTableFolder(const fs::path &folder,
                                              const std::string &ending) {
  std::vector<fs::path> files = filesEnding(folder, ending);
  if (files.empty())
    return std::nullopt;
  fs::path train = folder / ("train" + ending),
           test = folder / ("test" + ending);
  if (fs::exists(train)) {
    DataSet data = readTable(train);
    if (fs::exists(test) && data.test)
      throw Refusal(train.string() + " has test data, and so has " +
                    test.string());
    if (fs::exists(test))
      data.test = readTable(test).train;
    return data;
  }
  if (files.size() == 1)
    return readTable(files.front());
  throw Refusal(folder.string() + " holds several " + ending +
                " files and none of them is train" + ending +
                "; name the one to use");
}

/// CIFAR-10's data_batch_N and test_batch, or CIFAR-100's train and test, .bin
/// or .bin.gz; nothing where there are no training files.
static std::optional<DataSet> readCifarFolder(const fs::path &folder) {
  auto find = [&](const std::string &stem) {
    for (const char *ending : {".bin", ".bin.gz"})
      if (fs::exists(folder / (stem + ending)))
        return (folder / (stem + ending)).string();
    return std::string();
  };
  std::vector<std::string> batches;
  for (int number = 1;; ++number) {
    std::string file = find("data_batch_" + std::to_string(number));
    if (file.empty())
      break;
    batches.push_back(file);
  }
  bool hasCoarse = batches.empty();
  if (hasCoarse && !find("train").empty())
    batches.push_back(find("train"));
  if (batches.empty())
    return std::nullopt;
  DataSet data;
  data.train = readCifar(batches, hasCoarse);
  if (std::string test = find(hasCoarse ? "test" : "test_batch"); !test.empty())
    data.test = readCifar({test}, hasCoarse);
  return data;
}

static DataSet readFolder(const fs::path &folder) {
  DataSet data;
  std::optional<Split> train = readIdxSplit(folder, "train");
  std::optional<Split> test = readIdxSplit(folder, "t10k");
  if (!train && test)
    return {std::move(*test), std::nullopt};
  if (train)
    return {std::move(*train), std::move(test)};
  if (std::optional<DataSet> pictures = readCifarFolder(folder))
    return std::move(*pictures);
  if (std::optional<Split> arrays = readNpySplit(folder))
    return {std::move(*arrays), readNpySplit(folder / "test")};
  for (const char *ending : {".npz", ".csv", ".txt"})
    if (std::optional<DataSet> table = readTableFolder(folder, ending))
      return std::move(*table);
  if (std::optional<DataSet> images = readClassFolders(folder.string()))
    return std::move(*images);
  throw Refusal(folder.string() +
                " holds no data that is known here: "
                "train-images-idx3-ubyte and its companions "
                "(also .gz), data_batch_1.bin and its companions "
                "(also .gz), INPUT.npy files, a .npz file, a CSV "
                "file, a text (.txt), or a folder of images for each class");
}

static DataSet readFile(const fs::path &path) {
  DataSet data;
  std::string ending = path.extension().string();
  if (ending == ".csv" || ending == ".npz" || ending == ".txt")
    data = readTable(path);
  else if (ending == ".npy")
    data.train.add(readNpy(path.string(), path.stem().string()));
  else
    throw Refusal(path.string() +
                  " is neither a folder nor a .csv, .npy, .npz or .txt file");
  return data;
}

DataSet dlcc::train::readData(const std::string &path) {
  try {
    if (!fs::exists(path))
      throw Refusal("there is no folder or file " + path);
    return fs::is_directory(path) ? readFolder(path) : readFile(path);
  } catch (const fs::filesystem_error &error) {
    throw Refusal(path + " cannot be read: " + error.code().message());
  }
}

Split dlcc::train::readTestData(const std::string &path) {
  DataSet data = readData(path);
  return data.test ? std::move(*data.test) : std::move(data.train);
}
