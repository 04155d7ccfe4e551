//===- NumpyFile.h - arrays in .npy files -----------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_NUMPYFILE_H
#define DLCC_TOOLS_NUMPYFILE_H

#include "dlcc/abi.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace dlcc {

/// The elements of a .npy file, for a tensor of exactly this type and shape.
/// NumPy has no bf16: its two bytes an element are taken as they are.
llvm::Expected<std::vector<char>> readNumpy(const std::string &path,
                                            const dlcc_tensor &tensor);

/// The bytes of a .npy file. bf16 is written as f32, which holds it exactly.
std::string writeNumpy(const dlcc_tensor &tensor, const char *elements);

} // namespace dlcc

#endif // DLCC_TOOLS_NUMPYFILE_H
