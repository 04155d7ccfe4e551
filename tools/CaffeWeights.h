//===- CaffeWeights.h - a .caffemodel into an instance ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_CAFFEWEIGHTS_H
#define DLCC_TOOLS_CAFFEWEIGHTS_H

#include "dlcc/abi.h"
#include "dlcc/compiler.h"
#include "llvm/Support/Error.h"

namespace dlcc {

/// Fills an instance of the compiled `options.input`, a net of Caffe's, with
/// the weights of a .caffemodel, whose layers are those of the net by name.
/// With `completes` parameters that it lacks keep the value they have, and a
/// note names them; else they are an error.
llvm::Error loadCaffeModel(dlcc_instance *instance, const std::string &path,
                           const CompileOptions &options, bool completes);

} // namespace dlcc

#endif // DLCC_TOOLS_CAFFEWEIGHTS_H
