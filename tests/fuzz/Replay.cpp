//===- Replay.cpp - feeds files to a reader, without libFuzzer ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// dlcc-replay NAME PATH…: reads each file, and each file of a folder, as bytes
// for the reader of that name; exit 1 where there is none.
//
//===----------------------------------------------------------------------===//

#include "Readers.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

static std::vector<fs::path> filesOf(const fs::path &path) {
  if (!fs::is_directory(path))
    return {path};
  std::vector<fs::path> files;
  for (const fs::directory_entry &entry : fs::directory_iterator(path))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

int main(int argc, char **argv) {
  const dlcc::fuzz::Reader *reader =
      argc > 1 ? dlcc::fuzz::findReader(argv[1]) : nullptr;
  if (!reader) {
    std::fprintf(stderr, "usage: dlcc-replay READER PATH…\n");
    return 1;
  }
  int count = 0;
  for (int i = 2; i < argc; ++i)
    for (const fs::path &path : filesOf(argv[i])) {
      std::ifstream file(path, std::ios::binary);
      std::string bytes{std::istreambuf_iterator<char>(file), {}};
      if (!file) {
        std::fprintf(stderr, "%s cannot be read\n", path.c_str());
        return 1;
      }
      std::printf("%s\n", path.c_str());
      std::fflush(stdout);
      try {
        dlcc::fuzz::feed(*reader, bytes.data(), bytes.size());
      } catch (const std::exception &error) {
        std::fprintf(stderr, "it throws: %s\n", error.what());
        return 1;
      }
      ++count;
    }
  std::printf("%d files\n", count);
  return count ? 0 : 1;
}
