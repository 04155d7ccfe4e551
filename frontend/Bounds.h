//===- Bounds.h - what every format of models is held to --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_BOUNDS_H
#define DLCC_FRONTEND_BOUNDS_H

namespace dlcc::frontend {

/// Outputs of a model. Each is an argument of a function in C, and passes take
/// time that grows with the square of their number.
inline constexpr unsigned kMostOutputs = 4096;

} // namespace dlcc::frontend

#endif // DLCC_FRONTEND_BOUNDS_H
