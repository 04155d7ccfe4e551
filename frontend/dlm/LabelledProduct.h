//===- LabelledProduct.h - products of tensors with named axes --*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_LABELLEDPRODUCT_H
#define DLCC_FRONTEND_DLM_LABELLEDPRODUCT_H

#include "frontend/dlm/Emitter.h"

#include "llvm/ADT/SmallSet.h"

namespace dlcc::dlm {

/// A tensor with a label for each axis, none twice. Axes of two tensors with
/// one label have one extent.
struct Labelled {
  Tensor tensor;
  llvm::SmallVector<int> labels;

  bool has(int label) const { return llvm::is_contained(labels, label); }
  int64_t axisOf(int label) const {
    return llvm::find(labels, label) - labels.begin();
  }
};

using Labels = llvm::SmallSet<int, 8>;

/// The sum over axes whose labels are not in `kept`.
Labelled sumOver(Emitter &emitter, const Labelled &x, const Labels &kept);

/// The product, summed over the labels that are not in `kept`: one contraction
/// where there is something to sum over, else elementwise.
Labelled multiply(Emitter &emitter, Labelled a, Labelled b, const Labels &kept);

/// The axes in the order of `labels`, all of which it has.
Tensor arrange(Emitter &emitter, const Labelled &x, llvm::ArrayRef<int> labels);

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_LABELLEDPRODUCT_H
