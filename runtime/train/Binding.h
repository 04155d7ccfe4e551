//===- Binding.h - which field of the data feeds an input -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_BINDING_H
#define DLCC_RUNTIME_TRAIN_BINDING_H

#include "runtime/train/DataSet.h"
#include "runtime/train/ImageFeed.h"

namespace dlcc::train {

/// An input, the field that feeds it, and what becomes of the field's images.
struct BoundInput {
  const dlcc_tensor *input;
  const Field *field;
  dlcc_feed feed; ///< no calls where the values go in as they are
};

/// One for each input of an entry, in their order: the field that a data block
/// names, else the one of the same name; else a single real input takes 'image'
/// and a single integer input takes 'label'. Checks shapes, and every value
/// that becomes an integer, so that filling a batch from memory cannot fail.
/// Throws Refusal.
std::vector<BoundInput> bindInputs(const dlcc_entry &entry, const Split &split);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_BINDING_H
