//===- LoadedModel.h - a compiled model in this process ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_LOADEDMODEL_H
#define DLCC_TOOLS_LOADEDMODEL_H

#include "dlcc/abi.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace dlcc {

/// Loads an object of this compiler into the compiler itself, with the same
/// runtime that programs link: no linker, and no file but the user's own.
class LoadedModel {
public:
  /// What an object calls to have a kernel run.
  using RunKernel = decltype(dlcc_run_kernel);

  /// `links` are the paths of objects and libraries with the C functions that
  /// the model calls.
  static llvm::Expected<LoadedModel>
  load(const std::string &name, const std::string &object,
       llvm::ArrayRef<std::string> links = {},
       RunKernel *runKernel = &dlcc_run_kernel);
  const dlcc_model &descriptor() const { return *model; }

private:
  LoadedModel(std::unique_ptr<llvm::orc::LLJIT> code, const dlcc_model *model)
      : code(std::move(code)), model(model) {}

  std::unique_ptr<llvm::orc::LLJIT> code; // owns the memory model points to
  const dlcc_model *model;
};

/// Ends an instance.
struct InstanceDeleter {
  void operator()(dlcc_instance *instance) const { dlcc_destroy(instance); }
};
using InstancePointer = std::unique_ptr<dlcc_instance, InstanceDeleter>;

} // namespace dlcc

#endif // DLCC_TOOLS_LOADEDMODEL_H
