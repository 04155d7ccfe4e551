//===- Features.cpp - does this processor have what an object needs? ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Features.h"

using namespace dlcc::rt;

#if defined(__x86_64__)

namespace {
struct Feature {
  std::string_view name;
  bool (*present)();
};

/// The compiler's builtin wants a literal, and asks the operating system too
/// (state that is not saved on a task switch counts as absent).
#define DLCC_FEATURE(NAME)                                                     \
  {NAME, [] { return __builtin_cpu_supports(NAME) != 0; }}
constexpr Feature kFeatures[] = {
    DLCC_FEATURE("sse3"),       DLCC_FEATURE("ssse3"),
    DLCC_FEATURE("sse4.1"),     DLCC_FEATURE("sse4.2"),
    DLCC_FEATURE("popcnt"),     DLCC_FEATURE("avx"),
    DLCC_FEATURE("avx2"),       DLCC_FEATURE("fma"),
    DLCC_FEATURE("bmi"),        DLCC_FEATURE("bmi2"),
    DLCC_FEATURE("f16c"),       DLCC_FEATURE("lzcnt"),
    DLCC_FEATURE("avx512f"),    DLCC_FEATURE("avx512bw"),
    DLCC_FEATURE("avx512cd"),   DLCC_FEATURE("avx512dq"),
    DLCC_FEATURE("avx512vl"),   DLCC_FEATURE("avx512vnni"),
    DLCC_FEATURE("avx512bf16"), DLCC_FEATURE("avx512fp16"),
    DLCC_FEATURE("avxvnni"),    DLCC_FEATURE("amx-tile"),
    DLCC_FEATURE("amx-int8"),   DLCC_FEATURE("amx-bf16"),
};
#undef DLCC_FEATURE
} // namespace

bool dlcc::rt::machineHasFeature(std::string_view name) {
  for (const Feature &feature : kFeatures)
    if (feature.name == name)
      return feature.present();
  return true;
}

#else

// Elsewhere objects are compiled for the machine's baseline.
bool dlcc::rt::machineHasFeature(std::string_view) { return true; }

#endif

std::string dlcc::rt::firstMissingFeature(std::string_view features,
                                          bool (*has)(std::string_view)) {
  while (!features.empty()) {
    size_t comma = features.find(',');
    std::string_view item = features.substr(0, comma);
    features.remove_prefix(comma == features.npos ? features.size()
                                                  : comma + 1);
    if (item.size() > 1 && item[0] == '+' && !has(item.substr(1)))
      return std::string(item.substr(1));
  }
  return "";
}
