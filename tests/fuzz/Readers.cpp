//===- Readers.cpp - readers by name, and their file ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Readers.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace dlcc::fuzz;

const Reader *dlcc::fuzz::findReader(const std::string &name) {
  static const std::vector<Reader> all = [] {
    std::vector<Reader> readers = modelReaders();
    for (const Reader &reader : dataReaders())
      readers.push_back(reader);
    return readers;
  }();
  for (const Reader &reader : all)
    if (name == reader.name)
      return &reader;
  return nullptr;
}

namespace {

/// A folder that goes when the process ends.
class Scratch {
public:
  Scratch() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "dlcc-fuzz-XXXXXX").string();
    if (!mkdtemp(pattern.data())) {
      std::perror("mkdtemp");
      std::exit(2);
    }
    folder = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  std::filesystem::path folder;
};

} // namespace

void dlcc::fuzz::feed(const Reader &reader, const char *bytes, size_t count) {
  static Scratch scratch;
  std::string path = (scratch.folder / reader.name).string();
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes, static_cast<std::streamsize>(count));
  reader.read(path);
}
