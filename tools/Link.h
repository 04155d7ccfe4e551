//===- Link.h - libraries and programs from an object -----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Objects need no linker. Shared libraries and programs are made by the
// system's `cc` ($CC where set) with the runtime that lies beside this
// compiler, in the build tree or where it is installed.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_LINK_H
#define DLCC_TOOLS_LINK_H

#include "tools/LinkedFiles.h"

#include <string>
#include <vector>

namespace dlcc {

/// Where headers and libraries lie, seen from the running binary.
struct Installation {
  static Installation find();
  std::string include, lib;

  /// What an application needs.
  std::vector<std::string> compileFlags() const;
  std::vector<std::string> linkFlags() const;
  /// linkFlags with the training program's parts in front.
  std::vector<std::string> trainingLinkFlags() const;
};

/// The bytes of a static library with one object in it.
llvm::Expected<std::string> makeArchive(llvm::StringRef objectName,
                                        llvm::StringRef object);

/// The bytes of libNAME.so, which holds object and runtime, and the user's own
/// objects, of which nothing is seen from outside.
llvm::Expected<std::string> linkShared(llvm::StringRef object,
                                       llvm::StringRef name,
                                       const LinkedFiles &own);

/// The bytes of the training program; one of the objects has its `main`.
llvm::Expected<std::string> linkProgram(llvm::ArrayRef<std::string> objects,
                                        const LinkedFiles &own);

} // namespace dlcc

#endif // DLCC_TOOLS_LINK_H
