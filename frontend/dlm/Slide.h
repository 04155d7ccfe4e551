//===- Slide.h - windows that slide along axes ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_SLIDE_H
#define DLCC_FRONTEND_DLM_SLIDE_H

#include "frontend/dlm/Builtins.h"

#include "llvm/ADT/STLExtras.h"

namespace dlcc::dlm {

using Axes = llvm::SmallVector<int64_t>;

/// How windows slide along some axes of a tensor.
struct Slide {
  Axes axes, sizes, strides, dilations, low, high;

  int64_t reach(size_t i) const { return (sizes[i] - 1) * dilations[i] + 1; }
};

/// begin, begin + 1, … end - 1.
Axes axesFrom(int64_t begin, int64_t end);

// What calls of builtins say of a slide. None, or false, after an error.

/// One number for every axis, or a list with one for each; `otherwise` where
/// the argument is not given.
std::optional<Axes> numbersOf(Evaluator &evaluator, BuiltinCall &call,
                              const char *name, size_t count, int64_t least,
                              Axes otherwise);
/// The padding of a slide whose sizes and strides are known: a number, one for
/// each axis, [before, after] for each axis, "same" or "valid".
bool readPadding(Evaluator &evaluator, BuiltinCall &call, const Tensor &x,
                 Slide &slide);
/// Windows can slide along these axes of `x`.
bool checkAxes(Evaluator &evaluator, BuiltinCall &call, const Tensor &x,
               llvm::ArrayRef<int64_t> axes);
/// A window fits into the padded tensor.
bool checkFits(Evaluator &evaluator, BuiltinCall &call, const Tensor &x,
               const Slide &slide);
/// The argument `x`, with spatial axes behind batch and channels.
std::optional<Tensor> imageOf(Evaluator &evaluator, BuiltinCall &call);

Tensor emitPad(Emitter &emitter, const Tensor &x, const Tensor &value,
               const Slide &slide);
Tensor emitWindow(Emitter &emitter, const Tensor &x, const Slide &slide);

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_SLIDE_H
