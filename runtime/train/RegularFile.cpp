//===- RegularFile.cpp - files that are data ----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/RegularFile.h"
#include "runtime/train/Refusal.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace dlcc::train;

int dlcc::train::openRegularFile(const std::string &path, int64_t &bytes) {
  int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    throw Refusal("cannot open " + path + ": " + std::strerror(errno));
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(descriptor);
    throw Refusal(path + " is not a regular file");
  }
  bytes = status.st_size;
  return descriptor;
}

std::unique_ptr<FILE, int (*)(FILE *)>
dlcc::train::openRegularStream(const std::string &path) {
  int64_t bytes;
  int descriptor = openRegularFile(path, bytes);
  std::unique_ptr<FILE, int (*)(FILE *)> file(fdopen(descriptor, "rb"),
                                              std::fclose);
  if (!file) {
    close(descriptor);
    throw Refusal("no memory to read " + path);
  }
  return file;
}
