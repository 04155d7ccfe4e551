//===- TemporaryFolder.h - a folder for a test ----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_RUNTIME_TEMPORARYFOLDER_H
#define DLCC_TESTS_UNIT_RUNTIME_TEMPORARYFOLDER_H

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace fake {

/// Made empty, removed with all it holds.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = testingRoot() + "/dlcc-test-XXXXXX";
    root = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(root); }

  std::string path(const std::string &name) const {
    return (root / name).string();
  }
  std::string write(const std::string &name, const std::string &bytes) const {
    std::filesystem::create_directories((root / name).parent_path());
    std::ofstream(root / name, std::ios::binary) << bytes;
    return path(name);
  }
  std::string read(const std::string &name) const {
    std::ifstream file(root / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  size_t count() const {
    std::filesystem::directory_iterator entries(root);
    return std::distance(begin(entries), end(entries));
  }

private:
  static std::string testingRoot() {
    return std::filesystem::temp_directory_path().string();
  }
  std::filesystem::path root;
};

} // namespace fake

#endif // DLCC_TESTS_UNIT_RUNTIME_TEMPORARYFOLDER_H
