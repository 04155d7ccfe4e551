//===- ByteSource.cpp - bytes that a format is parsed from --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ByteSource.h"
#include "runtime/train/Refusal.h"

using namespace dlcc::train;

void ByteSource::read(void *to, int64_t bytes, const char *what) {
  for (auto *next = static_cast<char *>(to); bytes > 0;) {
    int64_t count = readSome(next, bytes);
    if (count == 0)
      throw Refusal(path + " is cut off: its " + what + " lacks " +
                    std::to_string(bytes) + " bytes after byte " +
                    std::to_string(done));
    done += count;
    next += count;
    bytes -= count;
  }
}

void ByteSource::expectEnd() {
  if (char extra; readSome(&extra, 1) > 0)
    throw Refusal(path + " goes on after byte " + std::to_string(done) +
                  ", where its header says it ends");
}
