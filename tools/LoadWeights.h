//===- LoadWeights.h - weights of any format in and out ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_LOADWEIGHTS_H
#define DLCC_TOOLS_LOADWEIGHTS_H

#include "dlcc/abi.h"
#include "dlcc/compiler.h"
#include "llvm/Support/Error.h"

namespace dlcc {

/// Fills an instance of the compiled `options.input` with the weights of a
/// file, by its ending: .caffemodel, .npz or .safetensors; any other is a
/// weights file or a checkpoint. With `completes` parameters that a .caffemodel
/// lacks keep the value they have, and a note names them; else what is missing
/// is an error.
llvm::Error loadWeights(dlcc_instance *instance, const std::string &path,
                        const CompileOptions &options, bool completes = false);

/// Writes the weights of an instance as .npz, .safetensors or, with any other
/// ending, a weights file.
llvm::Error saveWeights(dlcc_instance *instance, const std::string &path);

} // namespace dlcc

#endif // DLCC_TOOLS_LOADWEIGHTS_H
