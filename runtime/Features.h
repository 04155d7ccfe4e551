//===- Features.h - which code of an object can a processor run? ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_FEATURES_H
#define DLCC_RUNTIME_FEATURES_H

#include "dlcc/abi.h"

#include <functional>
#include <string>
#include <string_view>

namespace dlcc::rt {

/// Whether a processor has the feature of that LLVM name.
using FeatureTest = std::function<bool(std::string_view)>;

/// Whether this machine has the feature of that LLVM name. Names that no
/// generated code depends on by itself (tuning flags) count as present.
bool machineHasFeature(std::string_view name);

/// Whether the operating system lets this process use tiles. Asks it: Linux
/// gives room for them to programs that ask only.
bool mayUseTiles();

/// `has`, but for features of tiles (amx-…) only where `mayUse` says yes, which
/// is asked for no others.
FeatureTest withTiles(FeatureTest has, std::function<bool()> mayUse);

/// A processor that has of the features of `has` only those of the level
/// `limit`, such as x86-64-v3; throws Failure where that is no level.
FeatureTest limitedTo(std::string_view limit, FeatureTest has);

/// The first feature in "+avx2,+fma,-sse4a" that is asked for (a plus sign)
/// and that `has` denies; "" where there is none.
std::string firstMissingFeature(std::string_view features,
                                const FeatureTest &has);

/// The first of the model's levels that the processor has all features for;
/// throws Failure, which names what the last one lacks, where there is none.
const dlcc_level &chooseLevel(const dlcc_model &model, const FeatureTest &has);

/// The same for this machine, which is asked for tiles, or for less of it where
/// the environment variable DLCC_CPU_LIMIT names a level.
const dlcc_level &chooseLevel(const dlcc_model &model);

} // namespace dlcc::rt

#endif // DLCC_RUNTIME_FEATURES_H
