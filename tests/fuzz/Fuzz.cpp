//===- Fuzz.cpp - libFuzzer's entry points --------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// dlcc-fuzz --reader=NAME FLAGS… CORPUS…: libFuzzer passes over flags that
// begin with two dashes.
//
//===----------------------------------------------------------------------===//

#include "Readers.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

static const dlcc::fuzz::Reader *reader;

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv) {
  const char *flag = "--reader=";
  for (int i = 1; i < *argc; ++i)
    if (std::strncmp((*argv)[i], flag, std::strlen(flag)) == 0)
      reader = dlcc::fuzz::findReader((*argv)[i] + std::strlen(flag));
  if (!reader) {
    std::fprintf(stderr, "dlcc-fuzz: --reader=NAME names no reader\n");
    std::exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  dlcc::fuzz::feed(*reader, reinterpret_cast<const char *>(bytes), count);
  return 0;
}
