//===- ClassFolders.cpp - images in a folder for each class -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ImageFiles.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <limits>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

using namespace dlcc::train;
namespace fs = std::filesystem;

namespace {

/// Images of a split, class after class, sorted by name within each.
class ClassFolders : public RowDecoder {
public:
  ClassFolders(const fs::path &folder, std::vector<std::string> classes);

  Image decode(int64_t row) const override { return decodeImage(fileOf(row)); }
  std::string fileOf(int64_t row) const override {
    return (folder / classes[labels[row]] / files[row]).string();
  }
  int64_t rows() const { return static_cast<int64_t>(files.size()); }

  const fs::path folder;
  const std::vector<std::string> classes;
  std::vector<int32_t> labels; ///< an index into `classes` for each row

private:
  std::vector<std::string> files;
};

/// Looks at the headers of all images, with several threads: opening a file
/// takes longer than reading its header.
class SizeScan {
public:
  explicit SizeScan(const ClassFolders &images) : images(images) {}

  /// The size of all images, nothing where they differ. Refuses the first image
  /// that is not one.
  std::optional<ImageSize> run();

private:
  void work();
  void scan(int64_t from, int64_t to);

  const ClassFolders &images;
  ImageSize size = {};
  std::atomic<int64_t> next = 1;
  std::atomic<bool> differ = false;
  std::mutex mutex; ///< of what follows
  int64_t failedRow = std::numeric_limits<int64_t>::max();
  std::exception_ptr failure;
};

bool isHidden(const fs::path &path) {
  return path.filename().string().starts_with('.');
}

bool isImageFile(const fs::directory_entry &entry) {
  std::string ending = entry.path().extension().string();
  for (char &letter : ending)
    if (letter >= 'A' && letter <= 'Z')
      letter = static_cast<char>(letter - 'A' + 'a');
  return (ending == ".jpg" || ending == ".jpeg" || ending == ".png") &&
         !isHidden(entry.path()) && !entry.is_directory();
}

bool holdsImages(const fs::path &folder) {
  fs::directory_iterator entries(folder);
  return std::any_of(begin(entries), end(entries), isImageFile);
}

/// The folders within a folder, sorted.
std::vector<std::string> subfolders(const fs::path &folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder))
    if (entry.is_directory() && !isHidden(entry.path()))
      names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

bool holdsClasses(const fs::path &folder) {
  if (!fs::is_directory(folder))
    return false;
  std::vector<std::string> names = subfolders(folder);
  return std::any_of(names.begin(), names.end(), [&](const std::string &name) {
    return holdsImages(folder / name);
  });
}

ClassFolders::ClassFolders(const fs::path &folder,
                           std::vector<std::string> names)
    : folder(folder), classes(std::move(names)) {
  for (size_t i = 0; i < classes.size(); ++i) {
    size_t before = files.size();
    for (const auto &entry : fs::directory_iterator(folder / classes[i]))
      if (isImageFile(entry))
        files.push_back(entry.path().filename().string());
    if (files.size() == before)
      throw Refusal((folder / classes[i]).string() +
                    " is a class without images: it holds no .jpg, .jpeg or "
                    ".png file");
    std::sort(files.begin() + static_cast<int64_t>(before), files.end());
    labels.resize(files.size(), static_cast<int32_t>(i));
  }
}

void SizeScan::scan(int64_t from, int64_t to) {
  int64_t row = from;
  try {
    for (; row < to; ++row)
      if (readImageSize(images.fileOf(row)) != size)
        differ = true;
  } catch (...) {
    std::lock_guard lock(mutex);
    if (row < failedRow) {
      failedRow = row;
      failure = std::current_exception();
    }
    next = images.rows();
  }
}

void SizeScan::work() {
  constexpr int64_t rowsAtOnce = 64;
  for (int64_t row; (row = next.fetch_add(rowsAtOnce)) < images.rows();)
    scan(row, std::min(row + rowsAtOnce, images.rows()));
}

std::optional<ImageSize> SizeScan::run() {
  size = readImageSize(images.fileOf(0));
  constexpr int64_t rowsWorthAThread = 256;
  int64_t count = std::min<int64_t>(std::thread::hardware_concurrency(),
                                    images.rows() / rowsWorthAThread);
  std::vector<std::thread> threads;
  try {
    for (int64_t i = 1; i < count; ++i)
      threads.emplace_back([this] { work(); });
  } catch (const std::system_error &) {
    // Fewer threads do it too.
  }
  work();
  for (std::thread &thread : threads)
    thread.join();
  if (failure)
    std::rethrow_exception(failure);
  return differ ? std::nullopt : std::optional(size);
}

Split readSplit(const fs::path &folder) {
  auto images = std::make_shared<ClassFolders>(folder, subfolders(folder));
  std::optional<ImageSize> size = SizeScan(*images).run();
  int64_t rows = images->rows();
  std::vector<int64_t> dims = {3, size ? size->height : -1,
                               size ? size->width : -1};
  Field label = {"label",  folder.string(),
                 DLCC_I32, {},
                 rows,     allocateFor(folder.string(), rows * 4)};
  std::memcpy(label.data.get(), images->labels.data(), rows * 4);
  Split split;
  split.classes = images->classes;
  split.add({"image", folder.string(), DLCC_U8, dims, rows, nullptr, images});
  split.add(std::move(label));
  return split;
}

} // namespace

std::optional<DataSet> dlcc::train::readClassFolders(const std::string &path) {
  fs::path folder = path, train = folder / "train";
  if (!fs::is_directory(train)) {
    if (!holdsClasses(folder))
      return std::nullopt;
    return DataSet{readSplit(folder), std::nullopt};
  }
  if (!holdsClasses(train)) {
    if (holdsImages(train))
      throw Refusal(train.string() + " holds images, but no folders of "
                                     "classes that hold them");
    return std::nullopt;
  }
  DataSet data = {readSplit(train), std::nullopt};
  for (const char *name : {"test", "val"})
    if (!data.test && holdsClasses(folder / name))
      data.test = readSplit(folder / name);
  return data;
}
