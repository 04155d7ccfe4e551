//===- OpTable.h - which function reads which operator ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_OPTABLE_H
#define DLCC_FRONTEND_ONNX_OPTABLE_H

#include "frontend/onnx/Node.h"

namespace dlcc::onnx_reader {

/// Makes the dlc ops of a node; returns its outputs, of which the last may be
/// left out where the node does not ask for them.
using OpFunction = Values (*)(Node &node);

struct OpEntry {
  const char *name;
  int64_t since; ///< the first version of the operator set that it reads
  OpFunction function;
};

// The families; each knows its own operators only.
ArrayRef<OpEntry> elementwiseOps();
ArrayRef<OpEntry> activationOps();
ArrayRef<OpEntry> shapeOps();
ArrayRef<OpEntry> generatorOps();
ArrayRef<OpEntry> reductionOps();
ArrayRef<OpEntry> productOps();
ArrayRef<OpEntry> windowOps();
ArrayRef<OpEntry> normalizationOps();
ArrayRef<OpEntry> indexedOps();
ArrayRef<OpEntry> recurrentOps();
ArrayRef<OpEntry> controlFlowOps();
ArrayRef<OpEntry> learningOps();
ArrayRef<OpEntry> lossOps();
ArrayRef<OpEntry> attentionOps();
ArrayRef<OpEntry> resizeOps();
ArrayRef<OpEntry> gridSampleOps();
ArrayRef<OpEntry> quantizedOps();

/// The newest entry that is no newer than `version`; null where there is none.
/// `isKnown` tells whether there is one of another version.
const OpEntry *findOp(llvm::StringRef name, int64_t version, bool &isKnown);

/// Why there is no function for an operator; a sentence for the user.
std::string whyNot(llvm::StringRef name);

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_OPTABLE_H
