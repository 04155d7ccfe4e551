//===- AtomicFile.cpp - a file that appears whole or not at all -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/AtomicFile.h"
#include "runtime/Status.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace dlcc::rt;

/// Mode of a new file, before the umask.
static constexpr mode_t kMode = 0666;

void AtomicFile::refuse(const char *what) const {
  throw Failure(DLCC_IO_ERROR, std::string("cannot ") + what + " '" + path +
                                   "': " + std::strerror(errno));
}

AtomicFile::AtomicFile(const std::string &path) : path(path) {
  size_t slash = path.rfind('/');
  std::string parent = slash == path.npos ? "." : path.substr(0, slash + 1);
  name = slash == path.npos ? path : path.substr(slash + 1);
  struct stat status;
  if (name.empty() ||
      (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))) {
    errno = EISDIR;
    refuse("write");
  }
  folder = open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    refuse("write");
  removeStale();
#ifdef O_TMPFILE
  file = openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode);
#endif
  if (file < 0 && !takeTemporaryName(&AtomicFile::createTemporary)) {
    int error = errno;
    close(folder);
    errno = error;
    refuse("write");
  }
  flock(file, LOCK_EX | LOCK_NB);
}

AtomicFile::~AtomicFile() {
  if (!temporary.empty())
    unlinkat(folder, temporary.c_str(), 0);
  close(file);
  close(folder);
}

/// Tries hidden names beside the target until one is free.
bool AtomicFile::takeTemporaryName(bool (AtomicFile::*make)()) {
  for (int number = 0;; ++number) {
    temporary = "." + name + ".dlcc-" + std::to_string(getpid()) + "-" +
                std::to_string(number);
    if ((this->*make)())
      return true;
    int error = errno;
    if (error != EEXIST) {
      temporary.clear();
      errno = error;
      return false;
    }
  }
}

bool AtomicFile::createTemporary() {
  file = openat(folder, temporary.c_str(),
                O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, kMode);
  return file >= 0;
}

bool AtomicFile::linkTemporary() {
  std::string self = "/proc/self/fd/" + std::to_string(file);
  return linkat(AT_FDCWD, self.c_str(), folder, temporary.c_str(),
                AT_SYMLINK_FOLLOW) == 0;
}

/// A hidden file of ours that nobody holds a lock on has lost its process.
void AtomicFile::removeStale() const {
  DIR *entries = fdopendir(dup(folder));
  if (!entries)
    return;
  std::string prefix = "." + name + ".dlcc-";
  while (dirent *entry = readdir(entries)) {
    if (std::strncmp(entry->d_name, prefix.c_str(), prefix.size()) != 0)
      continue;
    int stale = openat(folder, entry->d_name, O_RDONLY | O_CLOEXEC);
    if (stale < 0)
      continue;
    if (flock(stale, LOCK_EX | LOCK_NB) == 0)
      unlinkat(folder, entry->d_name, 0);
    close(stale);
  }
  closedir(entries);
}

void AtomicFile::write(const void *data, size_t bytes) {
  for (const char *next = static_cast<const char *>(data); bytes > 0;) {
    ssize_t written = ::write(file, next, bytes);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      refuse("write");
    next += written;
    bytes -= written;
  }
}

void AtomicFile::commit() {
  if (fsync(file) != 0)
    refuse("write");
  if (temporary.empty() && !takeTemporaryName(&AtomicFile::linkTemporary))
    refuse("write");
  if (renameat(folder, temporary.c_str(), folder, name.c_str()) != 0)
    refuse("replace");
  temporary.clear();
  // Some file systems cannot flush a folder; the rename stands all the same.
  fsync(folder);
}
