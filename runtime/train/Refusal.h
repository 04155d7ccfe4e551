//===- Refusal.h - what the training program throws -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_REFUSAL_H
#define DLCC_RUNTIME_TRAIN_REFUSAL_H

#include <stdexcept>

namespace dlcc::train {

/// Data, a file or an option that cannot be used: one sentence for the user,
/// printed by dlcc_train_main, which then returns 1.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_REFUSAL_H
