//===- TuningCache.cpp - the file that keeps measured tiles ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The file is replaced as a whole, so readers need no lock. Writers read it
// first, and take turns by a lock on its folder: the file itself is another one
// after each of them.
//
//===----------------------------------------------------------------------===//

#include "tools/TuningCache.h"

#include "tools/Files.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace llvm;

namespace dlcc {

namespace {

/// Keeps other writers waiting.
class FolderLock {
public:
  explicit FolderLock(const std::string &folder)
      : handle(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    while (handle >= 0 && flock(handle, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FolderLock() {
    if (handle >= 0)
      close(handle);
  }
  FolderLock(const FolderLock &) = delete;
  FolderLock &operator=(const FolderLock &) = delete;

private:
  int handle;
};

} // namespace

Expected<std::string> TuningCache::defaultPath() {
  SmallString<128> path;
  const char *cache = std::getenv("XDG_CACHE_HOME");
  const char *home = std::getenv("HOME");
  // The standard says to ignore paths that are not absolute.
  if (cache && sys::path::is_absolute(cache))
    path = cache;
  else if (home && *home)
    sys::path::append(path, home, ".cache");
  else
    return createStringError("neither XDG_CACHE_HOME nor HOME says where to "
                             "keep measured tiles; --tune-cache does");
  sys::path::append(path, "dlcc", "tiles.txt");
  return path.str().str();
}

std::string TuningCache::folder() const {
  StringRef parent = sys::path::parent_path(file);
  return parent.empty() ? "." : parent.str();
}

bool TuningCache::exists() const { return sys::fs::exists(file); }

static Error cannotKeep(const std::string &path, std::error_code code) {
  return createStringError("cannot keep measured tiles in '" + path +
                           "': " + code.message());
}

Error TuningCache::prepare() const {
  if (std::error_code code = sys::fs::create_directories(folder()))
    return cannotKeep(file, code);
  if (sys::fs::is_directory(file))
    return cannotKeep(file, std::make_error_code(std::errc::is_a_directory));
  Expected<sys::fs::TempFile> attempt =
      sys::fs::TempFile::create(file + ".%%%%%%%%");
  if (!attempt)
    return cannotKeep(file, errorToErrorCode(attempt.takeError()));
  return attempt->discard();
}

Error TuningCache::add(const std::vector<TunedTiles> &entries) const {
  FolderLock lock(folder());
  TuningDatabase database;
  if (auto buffer = MemoryBuffer::getFile(file, /*IsText=*/true)) {
    auto parsed = TuningDatabase::parse((*buffer)->getBuffer());
    if (const auto *error = std::get_if<DatabaseError>(&parsed))
      return createStringError(file + ":" + std::to_string(error->line) + ":" +
                               std::to_string(error->column) + ": " +
                               error->text);
    database = std::move(std::get<TuningDatabase>(parsed));
  } else if (buffer.getError() != std::errc::no_such_file_or_directory) {
    return cannotKeep(file, buffer.getError());
  }
  for (const TunedTiles &entry : entries)
    database.add(entry);
  return writeFile(file, database.print());
}

} // namespace dlcc
