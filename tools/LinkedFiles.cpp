//===- LinkedFiles.cpp - objects and libraries of the user ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/LinkedFiles.h"

#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace dlcc {

/// The symbols that a linker would find in the table.
template <typename Range>
static Error addDefined(Range &&table, StringSet<> &symbols) {
  for (const object::SymbolRef &symbol : table) {
    Expected<uint32_t> flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    if ((*flags & object::SymbolRef::SF_Undefined) ||
        !(*flags & object::SymbolRef::SF_Global))
      continue;
    Expected<StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    symbols.insert(*name);
  }
  return Error::success();
}

static Error readSymbols(LinkedFile::Kind kind, MemoryBufferRef bytes,
                         StringSet<> &symbols) {
  if (kind == LinkedFile::Archive) {
    Expected<std::unique_ptr<object::Archive>> archive =
        object::Archive::create(bytes);
    if (!archive)
      return archive.takeError();
    for (const object::Archive::Symbol &symbol : (*archive)->symbols())
      symbols.insert(symbol.getName());
    return Error::success();
  }
  Expected<std::unique_ptr<object::ObjectFile>> file =
      object::ObjectFile::createELFObjectFile(bytes);
  if (!file)
    return file.takeError();
  if (kind == LinkedFile::Object)
    return addDefined((*file)->symbols(), symbols);
  return addDefined(
      cast<object::ELFObjectFileBase>(**file).getDynamicSymbolIterators(),
      symbols);
}

static std::optional<LinkedFile::Kind> kindOf(StringRef bytes) {
  switch (identify_magic(bytes)) {
  case file_magic::elf_relocatable:
    return LinkedFile::Object;
  case file_magic::archive:
    return LinkedFile::Archive;
  case file_magic::elf_shared_object:
    return LinkedFile::Shared;
  default:
    return std::nullopt;
  }
}

Error LinkedFiles::add(const std::string &path) {
  auto fails = [&](const Twine &why) {
    return createStringError("--link " + path + ": " + why);
  };
  ErrorOr<std::unique_ptr<MemoryBuffer>> bytes =
      MemoryBuffer::getFile(path, /*IsText=*/false,
                            /*RequiresNullTerminator=*/false);
  if (!bytes)
    return fails(bytes.getError().message());
  std::optional<LinkedFile::Kind> kind = kindOf((*bytes)->getBuffer());
  if (!kind)
    return fails("no object (.o), archive (.a) or shared library (.so)");
  if (Error error = readSymbols(*kind, **bytes, symbols))
    return fails(toString(std::move(error)));
  SmallString<256> absolute(path);
  if (std::error_code code = sys::fs::make_absolute(absolute))
    return fails(code.message());
  list.push_back({absolute.str().str(), *kind});
  return Error::success();
}

Expected<LinkedFiles> LinkedFiles::read(ArrayRef<std::string> paths) {
  LinkedFiles result;
  for (const std::string &path : paths)
    if (Error error = result.add(path))
      return std::move(error);
  return result;
}

std::vector<std::string> LinkedFiles::linkFlags() const {
  std::vector<std::string> flags;
  for (const LinkedFile &file : list) {
    flags.push_back(file.path);
    if (file.kind == LinkedFile::Shared)
      flags.push_back("-Wl,-rpath," + sys::path::parent_path(file.path).str());
  }
  return flags;
}

} // namespace dlcc
