//===- Link.cpp - libraries and programs from an object -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Link.h"

#include "tools/Files.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <cstdlib>

using namespace llvm;

#ifndef DLCC_LINKER
#define DLCC_LINKER "cc"
#endif

namespace dlcc {

Installation Installation::find() {
  // The address of any function of this binary will do.
  std::string self = sys::fs::getMainExecutable(
      nullptr, reinterpret_cast<void *>(&Installation::find));
  StringRef root = sys::path::parent_path(sys::path::parent_path(self));
  return {(root + "/include").str(), (root + "/lib").str()};
}

std::vector<std::string> Installation::compileFlags() const {
  return {"-I" + include};
}

std::vector<std::string> Installation::linkFlags() const {
  std::vector<std::string> flags = {"-L" + lib,  "-ldlcc_rt", "-lpthreadpool",
                                    "-lz",       "-lstdc++",  "-lm",
                                    "-lpthread", "-ldl"};
#ifdef DLCC_SANITIZE
  flags.push_back("-fsanitize=" DLCC_SANITIZE);
#endif
  return flags;
}

std::vector<std::string> Installation::trainingLinkFlags() const {
  std::vector<std::string> flags = {"-L" + lib, "-ldlcc_train", "-ljpeg",
                                    "-lpng"};
  for (const std::string &flag : linkFlags())
    flags.push_back(flag);
  return flags;
}

Expected<std::string> makeArchive(StringRef objectName, StringRef object) {
  NewArchiveMember member(MemoryBufferRef(object, objectName));
  Expected<std::unique_ptr<MemoryBuffer>> archive = writeArchiveToBuffer(
      {std::move(member)}, SymtabWritingMode::NormalSymtab,
      object::Archive::K_GNU, /*Deterministic=*/true, /*Thin=*/false);
  if (!archive)
    return archive.takeError();
  return (*archive)->getBuffer().str();
}

/// Runs the system's compiler as a linker.
static Error runLinker(ArrayRef<std::string> arguments, StringRef log) {
  const char *chosen = std::getenv("CC");
  StringRef name = chosen && *chosen ? chosen : DLCC_LINKER;
  ErrorOr<std::string> program = sys::findProgramByName(name);
  if (!program)
    return createStringError(
        "'" + name +
        "' is not there: linking a program or a shared library needs the "
        "system's C compiler (objects and static libraries do not)");
  SmallVector<StringRef> command = {*program};
  for (const std::string &argument : arguments)
    command.push_back(argument);
  std::string message;
  int code = sys::ExecuteAndWait(*program, command, std::nullopt,
                                 {StringRef(""), log, log}, 0, 0, &message);
  if (code == 0)
    return Error::success();
  auto said = MemoryBuffer::getFile(log);
  return createStringError("linking with '" + name + "' failed: " + message +
                           (said ? (*said)->getBuffer() : StringRef("")));
}

/// Links the objects in a temporary folder, the user's `own` files and
/// libraries behind them; the result's bytes. `exported` is a version script,
/// where not everything is to be seen from outside.
static Expected<std::string> link(ArrayRef<std::string> objects,
                                  std::vector<std::string> before,
                                  ArrayRef<std::string> own,
                                  ArrayRef<std::string> libraries,
                                  StringRef exported = "") {
  Expected<TemporaryFolder> folder = TemporaryFolder::create();
  if (!folder)
    return folder.takeError();
  if (!exported.empty()) {
    std::string script = folder->file("exported");
    if (Error error = writeFile(script, exported))
      return std::move(error);
    before.push_back("-Wl,--version-script=" + script);
  }
  for (auto [i, object] : enumerate(objects)) {
    before.push_back(folder->file(std::to_string(i) + ".o"));
    if (Error error = writeFile(before.back(), object))
      return std::move(error);
  }
  std::string out = folder->file("out");
  before.insert(before.end(), {"-o", out});
  append_range(before, own);
  append_range(before, libraries);
  if (Error error = runLinker(before, folder->file("log")))
    return std::move(error);
  auto bytes = MemoryBuffer::getFile(out);
  if (!bytes)
    return createStringError(bytes.getError(), "the linker wrote nothing");
  return (*bytes)->getBuffer().str();
}

Expected<std::string> linkShared(StringRef object, StringRef name,
                                 const LinkedFiles &own) {
  // Of the runtime inside, the C functions stay visible: of several such
  // libraries in a program the first one's serve all, so there is one
  // dlcc_last_error.
  std::string exported =
      ("{ global: " + name + "_*; dlcc_*; local: *; };").str();
  return link({object.str()},
              {"-shared", "-Wl,-soname,lib" + name.str() + ".so", "-Wl,-z,defs",
               "-Wl,--build-id=none"},
              own.linkFlags(), Installation::find().linkFlags(), exported);
}

Expected<std::string> linkProgram(ArrayRef<std::string> objects,
                                  const LinkedFiles &own) {
  return link(objects, {"-Wl,--build-id=none"}, own.linkFlags(),
              Installation::find().trainingLinkFlags());
}

} // namespace dlcc
