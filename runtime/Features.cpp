//===- Features.cpp - which code of an object can a processor run? --------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Features.h"
#include "runtime/Status.h"

#include <algorithm>
#include <cstdlib>

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

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

#if defined(__x86_64__) && defined(__linux__)

bool dlcc::rt::mayUseTiles() {
  // From asm/prctl.h and the kernel's page x86/xstate: the permission is the
  // process's, threads that are there already included.
  constexpr long requestPermission = 0x1023, tileData = 18;
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}

#else

bool dlcc::rt::mayUseTiles() { return false; }

#endif

static bool isOfTiles(std::string_view feature) {
  return feature.substr(0, 4) == "amx-";
}

FeatureTest dlcc::rt::withTiles(FeatureTest has, std::function<bool()> mayUse) {
  return [has = std::move(has),
          mayUse = std::move(mayUse)](std::string_view name) {
    return has(name) && (!isOfTiles(name) || mayUse());
  };
}

namespace {
/// What a level adds to the one before it.
struct LevelFeatures {
  std::string_view level;
  std::string_view features;
};
constexpr LevelFeatures kLevels[] = {
    {"x86-64", ""},
    {"x86-64-v2", "+popcnt,+sse3,+sse4.1,+sse4.2,+ssse3"},
    {"x86-64-v3", "+avx,+avx2,+bmi,+bmi2,+f16c,+fma,+lzcnt"},
    {"x86-64-v4", "+avx512bw,+avx512cd,+avx512dq,+avx512f,+avx512vl"},
};

/// Takes the next name off "+avx2,+fma"; "" at the end. Names without a plus
/// sign are left out.
std::string_view takeFeature(std::string_view &features) {
  while (!features.empty()) {
    size_t comma = std::min(features.find(','), features.size());
    std::string_view item = features.substr(0, comma);
    features.remove_prefix(std::min(comma + 1, features.size()));
    if (item.size() > 1 && item[0] == '+')
      return item.substr(1);
  }
  return "";
}
} // namespace

FeatureTest dlcc::rt::limitedTo(std::string_view limit, FeatureTest has) {
  const auto *last = std::find_if(
      std::begin(kLevels), std::end(kLevels),
      [&](const LevelFeatures &row) { return row.level == limit; });
  if (last == std::end(kLevels))
    throw Failure(DLCC_INVALID_ARGUMENT,
                  "DLCC_CPU_LIMIT is '" + std::string(limit) +
                      "', not x86-64, x86-64-v2, x86-64-v3 or x86-64-v4");
  return [last, has = std::move(has)](std::string_view name) {
    for (const auto *row = std::begin(kLevels); row <= last; ++row)
      for (std::string_view rest = row->features; !rest.empty();)
        if (takeFeature(rest) == name)
          return has(name);
    return false;
  };
}

std::string dlcc::rt::firstMissingFeature(std::string_view features,
                                          const FeatureTest &has) {
  for (std::string_view name = takeFeature(features); !name.empty();
       name = takeFeature(features))
    if (!has(name))
      return std::string(name);
  return "";
}

const dlcc_level &dlcc::rt::chooseLevel(const dlcc_model &model,
                                        const FeatureTest &has) {
  std::string names, missing;
  for (int64_t i = 0; i < model.num_levels; ++i) {
    const dlcc_level &level = model.levels[i];
    missing = firstMissingFeature(level.features, has);
    if (missing.empty())
      return level;
    names += (i == 0 ? "" : ", ") + std::string(level.cpu);
  }
  std::string sentence =
      "model '" + std::string(model.name) + "' was compiled for " + names;
  sentence += model.num_levels > 1
                  ? "; even " +
                        std::string(model.levels[model.num_levels - 1].cpu) +
                        " needs "
                  : " and needs ";
  sentence += missing + ", which this processor does not have";
  if (isOfTiles(missing))
    sentence += " or its operating system does not give";
  throw Failure(DLCC_UNSUPPORTED, sentence);
}

const dlcc_level &dlcc::rt::chooseLevel(const dlcc_model &model) {
  const char *limit = std::getenv("DLCC_CPU_LIMIT");
  FeatureTest machine = withTiles(machineHasFeature, mayUseTiles);
  if (!limit || !*limit)
    return chooseLevel(model, machine);
  FeatureTest limited = limitedTo(limit, machine);
  try {
    return chooseLevel(model, limited);
  } catch (const Failure &failure) {
    throw Failure(failure.status, std::string(failure.what()) +
                                      " under DLCC_CPU_LIMIT=" + limit);
  }
}
