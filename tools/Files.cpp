//===- Files.cpp - files that are whole or not there ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Files.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <utility>

using namespace llvm;

namespace dlcc {

static Error cannotWrite(StringRef path, std::error_code code) {
  return createStringError("cannot write '" + path + "': " + code.message());
}

Error writeFile(StringRef path, StringRef bytes, bool executable) {
  unsigned mode = sys::fs::all_read | sys::fs::owner_write;
  if (executable)
    mode |= sys::fs::all_exe;
  Expected<sys::fs::TempFile> file =
      sys::fs::TempFile::create(path + ".%%%%%%%%", mode);
  if (!file) {
    consumeError(file.takeError());
    return cannotWrite(
        path, std::make_error_code(std::errc::no_such_file_or_directory));
  }
  raw_fd_ostream out(file->FD, /*shouldClose=*/false);
  out << bytes;
  out.flush();
  if (std::error_code code = out.error()) {
    out.clear_error();
    consumeError(file->discard());
    return cannotWrite(path, code);
  }
  return file->keep(path);
}

Expected<TemporaryFolder> TemporaryFolder::create() {
  SmallString<128> path;
  if (std::error_code code = sys::fs::createUniqueDirectory("dlcc", path))
    return createStringError(code, "cannot make a temporary folder");
  return TemporaryFolder(path.str().str());
}

TemporaryFolder::TemporaryFolder(TemporaryFolder &&other) noexcept
    : path(std::exchange(other.path, "")) {}

TemporaryFolder::~TemporaryFolder() {
  if (!path.empty())
    sys::fs::remove_directories(path);
}

std::string TemporaryFolder::file(StringRef name) const {
  SmallString<128> full(path);
  sys::path::append(full, name);
  return full.str().str();
}

} // namespace dlcc
