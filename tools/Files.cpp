//===- Files.cpp - files that are whole or not there ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Files.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <utility>

using namespace llvm;

namespace dlcc {

static Error cannotWrite(StringRef path, std::error_code code) {
  return createStringError("cannot write '" + path + "': " + code.message());
}

/// Writes all of it; closes the file where asked to.
static std::error_code writeAll(int file, StringRef bytes, bool close) {
  raw_fd_ostream out(file, close);
  out << bytes;
  out.flush();
  std::error_code code = out.error();
  out.clear_error();
  return code;
}

OutputFiles::~OutputFiles() {
  for (auto &[path, file] : files)
    consumeError(file.discard());
}

Error OutputFiles::add(StringRef path, StringRef bytes, bool executable) {
  sys::fs::file_status status;
  if (!sys::fs::status(path, status)) {
    if (sys::fs::is_directory(status))
      return cannotWrite(path, std::make_error_code(std::errc::is_a_directory));
    if (!sys::fs::is_regular_file(status)) {
      streams.push_back({path.str(), bytes.str()});
      return Error::success();
    }
  }
  unsigned mode = sys::fs::all_read | sys::fs::owner_write;
  if (executable)
    mode |= sys::fs::all_exe;
  Expected<sys::fs::TempFile> file =
      sys::fs::TempFile::create(path + ".%%%%%%%%", mode);
  if (!file)
    return cannotWrite(path, errorToErrorCode(file.takeError()));
  int descriptor = file->FD;
  files.push_back({path.str(), std::move(*file)});
  if (std::error_code code = writeAll(descriptor, bytes, /*close=*/false))
    return cannotWrite(path, code);
  return Error::success();
}

Error OutputFiles::keep() {
  for (auto &[path, file] : files)
    if (Error error = file.keep(path))
      return cannotWrite(path, errorToErrorCode(std::move(error)));
  for (const auto &[path, bytes] : streams) {
    std::error_code code;
    int file;
    code = sys::fs::openFileForWrite(path, file, sys::fs::CD_OpenExisting);
    if (!code)
      code = writeAll(file, bytes, /*close=*/true);
    if (code)
      return cannotWrite(path, code);
  }
  files.clear();
  streams.clear();
  return Error::success();
}

Error writeFile(StringRef path, StringRef bytes) {
  OutputFiles files;
  if (Error error = files.add(path, bytes))
    return error;
  return files.keep();
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
