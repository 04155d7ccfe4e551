//===- LabelledProduct.cpp - products of tensors with named axes ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/LabelledProduct.h"

using namespace dlcc;
using namespace dlcc::dlm;

Labelled dlcc::dlm::sumOver(Emitter &emitter, const Labelled &x,
                            const Labels &kept) {
  llvm::SmallVector<int64_t> axes;
  Labelled result = x;
  result.labels.clear();
  for (auto [axis, label] : llvm::enumerate(x.labels))
    if (kept.count(label))
      result.labels.push_back(label);
    else
      axes.push_back(axis);
  if (!axes.empty())
    result.tensor = emitter.reduce(dlc::ReduceKind::Sum, x.tensor, axes,
                                   /*keepDims=*/false);
  return result;
}

Tensor dlcc::dlm::arrange(Emitter &emitter, const Labelled &x,
                          llvm::ArrayRef<int> labels) {
  llvm::SmallVector<int64_t> permutation;
  for (int label : labels)
    permutation.push_back(x.axisOf(label));
  return llvm::is_sorted(permutation)
             ? x.tensor
             : emitter.transpose(x.tensor, permutation);
}

/// With axes of 1 for labels that it lacks.
static Tensor spread(Emitter &emitter, const Labelled &x,
                     llvm::ArrayRef<int> labels) {
  llvm::SmallVector<int> own;
  Extents shape;
  for (int label : labels) {
    if (x.has(label))
      own.push_back(label);
    shape.push_back(x.has(label) ? x.tensor.shape[x.axisOf(label)] : Extent(1));
  }
  return emitter.reshape(arrange(emitter, x, own), shape);
}

/// Nothing is summed over: elementwise, with axes that only one side has.
static Labelled multiplyElements(Emitter &emitter, const Labelled &a,
                                 const Labelled &b) {
  llvm::SmallVector<int> labels = a.labels;
  for (int label : b.labels)
    if (!a.has(label))
      labels.push_back(label);
  Extents shape;
  for (int label : labels)
    shape.push_back(a.has(label) ? a.tensor.shape[a.axisOf(label)]
                                 : b.tensor.shape[b.axisOf(label)]);
  Tensor product = emitter.binary<dlc::MulOp>(
      emitter.broadcast(spread(emitter, a, labels), shape),
      emitter.broadcast(spread(emitter, b, labels), shape));
  return {product, labels};
}

Labelled dlcc::dlm::multiply(Emitter &emitter, Labelled a, Labelled b,
                             const Labels &kept) {
  // What only one side has and nobody wants is summed first.
  Labels wantedOfA = kept, wantedOfB = kept;
  for (int label : b.labels)
    wantedOfA.insert(label);
  for (int label : a.labels)
    wantedOfB.insert(label);
  a = sumOver(emitter, a, wantedOfA);
  b = sumOver(emitter, b, wantedOfB);

  Labelled result;
  Extents shape;
  llvm::SmallVector<int64_t> batchA, batchB, summedA, summedB;
  for (auto [axis, label] : llvm::enumerate(a.labels)) {
    if (!b.has(label))
      continue;
    bool isSummed = !kept.count(label);
    (isSummed ? summedA : batchA).push_back(axis);
    (isSummed ? summedB : batchB).push_back(b.axisOf(label));
    if (isSummed)
      continue;
    result.labels.push_back(label);
    shape.push_back(a.tensor.shape[axis]);
  }
  if (summedA.empty())
    return multiplyElements(emitter, a, b);
  for (auto [own, other] : {std::pair(&a, &b), std::pair(&b, &a)})
    for (auto [axis, label] : llvm::enumerate(own->labels))
      if (!other->has(label)) {
        result.labels.push_back(label);
        shape.push_back(own->tensor.shape[axis]);
      }
  result.tensor = emitter.contract(a.tensor, b.tensor, batchA, batchB, summedA,
                                   summedB, shape);
  return result;
}
