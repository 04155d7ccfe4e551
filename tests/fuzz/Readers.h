//===- Readers.h - everything that reads a file -----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_FUZZ_READERS_H
#define DLCC_TESTS_FUZZ_READERS_H

#include <string>
#include <vector>

namespace dlcc::fuzz {

/// One reader of the project. Whatever the file holds it returns; a refusal is
/// an answer. What it throws otherwise is a mistake.
struct Reader {
  const char *name; ///< of its corpus, too
  void (*read)(const std::string &path);
};

/// Models and their weights in other formats.
std::vector<Reader> modelReaders();
/// What the runtime and the training program read.
std::vector<Reader> dataReaders();

/// The reader of that name; null where there is none.
const Reader *findReader(const std::string &name);

/// Gives the bytes to the reader as a file. The file lies in a folder of this
/// process and is written anew each time.
void feed(const Reader &reader, const char *bytes, size_t count);

} // namespace dlcc::fuzz

#endif // DLCC_TESTS_FUZZ_READERS_H
