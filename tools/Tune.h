//===- Tune.h - tiles by measurement on this machine ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_TUNE_H
#define DLCC_TOOLS_TUNE_H

#include "dlcc/compiler.h"

#include <string>

namespace dlcc {

/// How long a sum of products is measured, at most, before the call of its
/// entry that is under way ends.
inline constexpr int kTuningSeconds = 4;

/// Measures tiles for those sums of products of the models that are to be
/// compiled of which the file ("": the user's cache) has none, keeps what came
/// out in the file, and lets the options read it. They must be for this
/// machine. Says on stderr what is done; false where something failed, which
/// has been said then.
bool tune(CompileOptions &options, const std::string &file);

} // namespace dlcc

#endif // DLCC_TOOLS_TUNE_H
