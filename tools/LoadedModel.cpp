//===- LoadedModel.cpp - a compiled model in this process -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/LoadedModel.h"

#include "tools/LinkedFiles.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"

using namespace llvm;

namespace dlcc {

/// The functions of the runtime that objects call.
static orc::SymbolMap runtimeSymbols(orc::LLJIT &code,
                                     LoadedModel::RunKernel *runKernel) {
  orc::SymbolMap symbols;
  auto add = [&](StringRef name, auto *function) {
    symbols[code.mangleAndIntern(name)] = {orc::ExecutorAddr::fromPtr(function),
                                           JITSymbolFlags::Exported |
                                               JITSymbolFlags::Callable};
  };
  add("dlcc_create", &dlcc_create);
  add("dlcc_create_shared", &dlcc_create_shared);
  add("dlcc_destroy", &dlcc_destroy);
  add("dlcc_init", &dlcc_init);
  add("dlcc_load", &dlcc_load);
  add("dlcc_save", &dlcc_save);
  add("dlcc_load_checkpoint", &dlcc_load_checkpoint);
  add("dlcc_save_checkpoint", &dlcc_save_checkpoint);
  add("dlcc_run", &dlcc_run);
  add("dlcc_run_kernel", runKernel);
  add("dlcc_run_device_kernel", &dlcc_run_device_kernel);
  add("dlcc_get_parameter", &dlcc_get_parameter);
  add("dlcc_set_parameter", &dlcc_set_parameter);
  add("dlcc_set_learning_rate_scale", &dlcc_set_learning_rate_scale);
  add("dlcc_reset_state", &dlcc_reset_state);
  add("dlcc_token_count", &dlcc_token_count);
  add("dlcc_token", &dlcc_token);
  add("dlcc_token_index", &dlcc_token_index);
  return symbols;
}

/// Makes the user's own functions known.
static Error addLinks(orc::LLJIT &code, orc::JITDylib &library,
                      ArrayRef<std::string> links) {
  Expected<LinkedFiles> own = LinkedFiles::read(links);
  if (!own)
    return own.takeError();
  for (const LinkedFile &file : own->files()) {
    if (file.kind == LinkedFile::Object) {
      auto bytes = MemoryBuffer::getFile(file.path);
      if (!bytes)
        return createStringError(bytes.getError(), file.path);
      if (Error error = code.addObjectFile(std::move(*bytes)))
        return error;
      continue;
    }
    auto add = [&](auto generator) -> Error {
      if (!generator)
        return generator.takeError();
      library.addGenerator(std::move(*generator));
      return Error::success();
    };
    Error error =
        file.kind == LinkedFile::Archive
            ? add(orc::StaticLibraryDefinitionGenerator::Load(
                  code.getObjLinkingLayer(), file.path.c_str()))
            : add(orc::DynamicLibrarySearchGenerator::Load(
                  file.path.c_str(), code.getDataLayout().getGlobalPrefix()));
    if (error)
      return error;
  }
  return Error::success();
}

Expected<LoadedModel> LoadedModel::load(const std::string &name,
                                        const std::string &object,
                                        ArrayRef<std::string> links,
                                        RunKernel *runKernel) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  Expected<std::unique_ptr<orc::LLJIT>> code = orc::LLJITBuilder().create();
  if (!code)
    return code.takeError();
  orc::JITDylib &library = (*code)->getMainJITDylib();
  if (Error error = library.define(
          orc::absoluteSymbols(runtimeSymbols(**code, runKernel))))
    return std::move(error);
  if (Error error = addLinks(**code, library, links))
    return std::move(error);
  // memcpy and the like, which the code generator may call.
  auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      (*code)->getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  library.addGenerator(std::move(*process));
  if (Error error =
          (*code)->addObjectFile(MemoryBuffer::getMemBufferCopy(object, name)))
    return std::move(error);
  Expected<orc::ExecutorAddr> describe = (*code)->lookup(name + "_describe");
  if (!describe)
    return describe.takeError();
  const dlcc_model *model = describe->toPtr<const dlcc_model *(*)()>()();
  return LoadedModel(std::move(*code), model);
}

} // namespace dlcc
