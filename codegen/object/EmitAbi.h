//===- EmitAbi.h - descriptor and public functions of an object -*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_OBJECT_EMITABI_H
#define DLCC_CODEGEN_OBJECT_EMITABI_H

#include "codegen/object/DeviceDescription.h"
#include "codegen/object/ModelDescription.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Module.h"

namespace dlcc {

/// The kernels of a level in the order that bodies know them by, each with its
/// number of tasks.
struct KernelTable {
  std::string symbol;
  std::vector<std::pair<std::string, int64_t>> kernels;
};

/// Completes the LLVM IR of a model whose bodies and kernels are there: defines
/// the table of each level, the constant `dlcc_model`, and the functions of the
/// model's header. Afterwards only names with the model's prefix are global.
/// Where the kernels are a `device`'s, levels have no tables.
void emitAbi(llvm::Module &module, const ModelDescription &model,
             llvm::ArrayRef<KernelTable> kernelTables,
             llvm::ArrayRef<DeviceDescription> devices = {});

/// Adds `int main(int, char **)`: the training program of the model.
void emitTrainingMain(llvm::Module &module, const ModelDescription &model);

/// The LLVM types of the structs of abi.h, for emitting and for checking that
/// they agree with it.
struct AbiTypes {
  explicit AbiTypes(llvm::LLVMContext &context);
  llvm::StructType *tensor, *variable, *readerCall, *feed, *entry;
  llvm::StructType *levelKernel, *level, *model;
  llvm::StructType *tensorMap, *launch, *deviceKernel, *device;
};

} // namespace dlcc

#endif // DLCC_CODEGEN_OBJECT_EMITABI_H
