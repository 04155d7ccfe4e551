//===- HostTarget.h - the numbers of a processor ----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Turns a processor's name into the `#dlc.target` that every later room reads.
// `native` asks this machine; any other name is answered from tables, so that
// the same command gives the same object on every machine.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_OBJECT_HOSTTARGET_H
#define DLCC_CODEGEN_OBJECT_HOSTTARGET_H

#include "ir/Target.h"
#include "llvm/Support/Error.h"

namespace dlcc {

/// The target for a triple (empty: this machine's) and a processor: native, a
/// level (x86-64-v3) or LLVM's name of a processor (sapphirerapids).
llvm::Expected<dlc::TargetAttr> describeTarget(mlir::MLIRContext *context,
                                               llvm::StringRef triple,
                                               llvm::StringRef cpu);

/// Keeps of an x86 processor's features those that generated code may rely on
/// and that the runtime can check at create; sorted, "+avx,+avx2,…".
std::string usableFeatures(llvm::ArrayRef<llvm::StringRef> present);

} // namespace dlcc

#endif // DLCC_CODEGEN_OBJECT_HOSTTARGET_H
