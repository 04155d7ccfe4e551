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
  struct stat status;
  bool exists = stat(path.c_str(), &status) == 0;
  // A rename would put a file in the place of the device or pipe.
  if (exists && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
    throw Failure(DLCC_IO_ERROR,
                  "cannot write '" + path + "': it is not a regular file");
  size_t slash = path.rfind('/');
  std::string parent = slash == path.npos ? "." : path.substr(0, slash + 1);
  name = slash == path.npos ? path : path.substr(slash + 1);
  if (name.empty() || (exists && S_ISDIR(status.st_mode))) {
    errno = EISDIR;
    refuse("write");
  }
  folder = open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    refuse("write");
  removeStale();
#ifdef O_TMPFILE
  file = openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode);
  if (file >= 0)
    flock(file, LOCK_EX);
#endif
  if (file < 0 && !takeTemporaryName(&AtomicFile::createTemporary)) {
    int error = errno;
    close(folder);
    errno = error;
    refuse("write");
  }
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

/// Until the file is locked, another process may take it for a stale one and
/// remove it; then a new one is made.
bool AtomicFile::createTemporary() {
  for (struct stat status;;) {
    file = openat(folder, temporary.c_str(),
                  O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, kMode);
    if (file < 0)
      return false;
    flock(file, LOCK_EX);
    if (fstat(file, &status) == 0 && status.st_nlink > 0)
      return true;
    close(file);
  }
}

bool AtomicFile::linkTemporary() {
  std::string self = "/proc/self/fd/" + std::to_string(file);
  return linkat(AT_FDCWD, self.c_str(), folder, temporary.c_str(),
                AT_SYMLINK_FOLLOW) == 0;
}

/// Whether the open file still has that name: meanwhile its process may have
/// renamed it and given the name to its next file.
static bool hasName(int file, int folder, const char *name) {
  struct stat opened, named;
  return fstat(file, &opened) == 0 &&
         fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
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
    int stale = openat(folder, entry->d_name,
                       O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (stale < 0)
      continue;
    if (flock(stale, LOCK_EX | LOCK_NB) == 0 &&
        hasName(stale, folder, entry->d_name))
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
