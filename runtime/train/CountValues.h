//===- CountValues.h - how many values data have ----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_COUNTVALUES_H
#define DLCC_RUNTIME_TRAIN_COUNTVALUES_H

#include "runtime/train/DataSet.h"

namespace dlcc::train {

/// The bound of an input that the training data feed by the first of these
/// fields that they have: one more than its largest number; of the labels of
/// class folders the number of classes; of a text the size of the vocabulary,
/// which is `known` where that is not empty. Throws Refusal.
int64_t countValues(const DataSet &data, const std::vector<std::string> &fields,
                    const std::vector<std::string> &known);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_COUNTVALUES_H
