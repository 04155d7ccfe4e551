//===- Features.h - does this processor have what an object needs? --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_FEATURES_H
#define DLCC_RUNTIME_FEATURES_H

#include <string>
#include <string_view>

namespace dlcc::rt {

/// Whether this machine has the feature of that LLVM name. Names that no
/// generated code depends on by itself (tuning flags) count as present.
bool machineHasFeature(std::string_view name);

/// The first feature in "+avx2,+fma,-sse4a" that is asked for (a plus sign)
/// and that `has` denies; "" where there is none.
std::string firstMissingFeature(std::string_view features,
                                bool (*has)(std::string_view));

} // namespace dlcc::rt

#endif // DLCC_RUNTIME_FEATURES_H
