//===- ZipArchive.h - members of a ZIP file -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_ZIPARCHIVE_H
#define DLCC_RUNTIME_TRAIN_ZIPARCHIVE_H

#include "runtime/train/ByteSource.h"

#include <fstream>
#include <memory>
#include <vector>

namespace dlcc::train {

/// A ZIP file that can be read here: one volume, members stored or deflated,
/// none encrypted, none over another. Sizes may exceed 4 GiB (zip64). Refuses
/// with sentences that name the file.
class ZipArchive {
public:
  struct Member {
    std::string name;
    int64_t bytes, compressedBytes;
    int64_t place; ///< of its local header in the file
    uint32_t crc;
    bool isDeflated;
  };

  explicit ZipArchive(const std::string &path);

  const std::vector<Member> &members() const { return all; }
  /// The bytes of a member, of which one at a time can be read; `title` is what
  /// messages call it.
  std::unique_ptr<ByteSource> open(const Member &member,
                                   const std::string &title);

private:
  void readDirectory();
  std::vector<unsigned char> readAt(int64_t place, int64_t bytes);

  std::string path;
  std::ifstream file;
  int64_t directoryPlace = 0;
  std::vector<Member> all;
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_ZIPARCHIVE_H
