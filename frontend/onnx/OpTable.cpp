//===- OpTable.cpp - which function reads which operator ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"

#include "llvm/ADT/StringMap.h"

using namespace dlcc::onnx_reader;

using Table = llvm::StringMap<llvm::SmallVector<const OpEntry *, 2>>;

static Table makeTable() {
  Table table;
  for (auto *family :
       {elementwiseOps, activationOps, shapeOps, generatorOps, reductionOps,
        productOps, windowOps, normalizationOps, indexedOps, recurrentOps,
        controlFlowOps, learningOps, lossOps, attentionOps, resizeOps,
        gridSampleOps, quantizedOps})
    for (const OpEntry &entry : family())
      table[entry.name].push_back(&entry);
  return table;
}

const OpEntry *dlcc::onnx_reader::findOp(llvm::StringRef name, int64_t version,
                                         bool &isKnown) {
  static const Table table = makeTable();
  auto found = table.find(name);
  isKnown = found != table.end();
  const OpEntry *best = nullptr;
  if (isKnown)
    for (const OpEntry *entry : found->second)
      if (entry->since <= version && (!best || entry->since > best->since))
        best = entry;
  return best;
}

std::string dlcc::onnx_reader::whyNot(llvm::StringRef name) {
  for (const char *open :
       {"Compress", "NonMaxSuppression", "NonZero", "Unique"})
    if (name == open)
      return "the shape of its result depends on values, and shapes have to be "
             "known";
  for (const char *random :
       {"Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike",
        "RandomUniform", "RandomUniformLike"})
    if (name == random)
      return "random numbers are not supported";
  if (name.contains("Sequence") || name.contains("Optional"))
    return "sequences and optional values are not supported";
  if (name.contains("String") || name == "RegexFullMatch" ||
      name == "TfIdfVectorizer")
    return "strings are not supported";
  return "the operator is not supported";
}
