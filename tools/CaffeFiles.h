//===- CaffeFiles.h - files of Caffe's among the inputs ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_CAFFEFILES_H
#define DLCC_TOOLS_CAFFEFILES_H

#include "dlcc/compiler.h"
#include "frontend/caffe/Frontend.h"

namespace dlcc {

/// Whether a path names a file of Caffe's: a net, a solver, or weights.
bool isCaffe(const std::string &path);
bool isCaffeModel(const std::string &path);

/// What Caffe's reader wants of the options.
caffe_reader::Options caffeOptions(const CompileOptions &options);

} // namespace dlcc

#endif // DLCC_TOOLS_CAFFEFILES_H
