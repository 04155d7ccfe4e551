//===- AtomicFile.h - a file that appears whole or not at all -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_ATOMICFILE_H
#define DLCC_RUNTIME_ATOMICFILE_H

#include <cstddef>
#include <string>

namespace dlcc::rt {

/// Written without a name where the file system can do that, else under a
/// hidden one beside the target; `commit` flushes it to the disk and puts it in
/// the target's place. Without `commit` nothing is left. What a killed process
/// left beside the target is removed by the next one that writes there.
/// Throws Failure.
class AtomicFile {
public:
  explicit AtomicFile(const std::string &path);
  ~AtomicFile();
  AtomicFile(const AtomicFile &) = delete;
  AtomicFile &operator=(const AtomicFile &) = delete;

  void write(const void *data, size_t bytes);
  void commit();

private:
  [[noreturn]] void refuse(const char *what) const;
  bool takeTemporaryName(bool (AtomicFile::*make)());
  bool createTemporary();
  bool linkTemporary();
  void removeStale() const;

  std::string path, name; ///< the target, and its name in the folder
  std::string temporary;  ///< hidden name in the folder; "" while there is none
  int folder = -1, file = -1;
};

} // namespace dlcc::rt

#endif // DLCC_RUNTIME_ATOMICFILE_H
