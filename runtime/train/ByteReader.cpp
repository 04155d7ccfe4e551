//===- ByteReader.cpp - bytes of a plain or gzipped file ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ByteReader.h"
#include "runtime/train/Refusal.h"
#include "runtime/train/RegularFile.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <unistd.h>
#include <zlib.h>

using namespace dlcc::train;

static std::string systemError() { return std::strerror(errno); }

/// What zlib says, without the name that it gives to a descriptor.
static std::string_view withoutName(std::string_view text) {
  size_t name = text.starts_with("<fd:") ? text.find(">: ") : text.npos;
  return name == text.npos ? text : text.substr(name + 3);
}

ByteReader::ByteReader(const std::string &path)
    : ByteSource(path), file(nullptr, gzclose) {
  int descriptor = openRegularFile(path, fileBytes);
  file.reset(gzdopen(descriptor, "rb"));
  if (!file) {
    close(descriptor);
    throw Refusal("no memory to read " + path);
  }
}

int64_t ByteReader::readSome(void *to, int64_t bytes) {
  auto part = static_cast<unsigned>(std::min<int64_t>(bytes, 1 << 30));
  int count = gzread(file.get(), to, part);
  int error = Z_OK;
  const char *text = gzerror(file.get(), &error);
  if (count < 0 || (error != Z_OK && error != Z_BUF_ERROR))
    throw Refusal(
        path + " cannot be read: " +
        (error == Z_ERRNO ? systemError() : std::string(withoutName(text))));
  if (count == 0 && error == Z_BUF_ERROR)
    throw Refusal(path + " is cut off: its compressed data ends too early");
  return count;
}

std::vector<unsigned char> ByteReader::readRecords(int64_t bytes) {
  constexpr int64_t recordsAtOnce = 1024;
  std::vector<unsigned char> all;
  for (;;) {
    size_t before = all.size();
    all.resize(before + recordsAtOnce * bytes);
    int64_t count = readSome(all.data() + before, recordsAtOnce * bytes);
    all.resize(before + count);
    if (count == 0)
      break;
  }
  if (all.empty() || all.size() % bytes)
    throw Refusal(path + " is cut off: it holds " + std::to_string(all.size()) +
                  " bytes, and a record has " + std::to_string(bytes));
  return all;
}

void ByteReader::expectAtLeast(int64_t bytes) const {
  constexpr int64_t mostGain = 1032;
  int64_t most = gzdirect(file.get()) ? fileBytes : fileBytes * mostGain;
  if (bytes > most)
    throw Refusal(path + " is cut off: its header speaks of " +
                  std::to_string(bytes) + " bytes, the file has " +
                  std::to_string(fileBytes));
}
