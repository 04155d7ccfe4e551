//===- HostTarget.cpp - the numbers of a processor ------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/HostTarget.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

#include <memory>

using namespace llvm;

namespace dlcc {

namespace {

/// Data caches of one core, in bytes; level 3 is shared.
struct Caches {
  int64_t l1 = 32 << 10, l2 = 512 << 10, l3 = 8 << 20;
};

} // namespace

std::string usableFeatures(ArrayRef<StringRef> present) {
  // The ones that runtime/Features.cpp can ask for, sorted.
  static constexpr StringLiteral known[] = {
      "amx-bf16",   "amx-int8", "amx-tile",   "avx",      "avx2",
      "avx512bf16", "avx512bw", "avx512cd",   "avx512dq", "avx512f",
      "avx512fp16", "avx512vl", "avx512vnni", "avxvnni",  "bmi",
      "bmi2",       "f16c",     "fma",        "lzcnt",    "popcnt",
      "sse3",       "sse4.1",   "sse4.2",     "ssse3"};
  SmallVector<std::string> features;
  for (StringRef feature : known)
    if (is_contained(present, feature))
      features.push_back(("+" + feature).str());
  return join(features, ",");
}

/// The size of a data or unified cache of this machine, "32K"; 0 if unknown.
static int64_t cacheSize(unsigned level) {
  for (unsigned index = 0; index != 8; ++index) {
    std::string folder =
        "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index);
    auto read = [&](StringRef file) -> std::string {
      auto buffer = MemoryBuffer::getFileAsStream(folder + "/" + file.str());
      return buffer ? (*buffer)->getBuffer().trim().str() : "";
    };
    std::string size = read("size");
    int64_t number;
    if (read("level") != std::to_string(level) || read("type") == "Instruction")
      continue;
    if (StringRef(size).ends_with("K") &&
        !StringRef(size).drop_back().getAsInteger(10, number))
      return number << 10;
    if (StringRef(size).ends_with("M") &&
        !StringRef(size).drop_back().getAsInteger(10, number))
      return number << 20;
  }
  return 0;
}

static Caches hostCaches() {
  Caches caches;
  if (int64_t l1 = cacheSize(1))
    caches.l1 = l1;
  if (int64_t l2 = cacheSize(2))
    caches.l2 = l2;
  if (int64_t l3 = cacheSize(3))
    caches.l3 = l3;
  return caches;
}

/// Caches of processors that are known by name; cautious for the others.
static Caches cachesOf(StringRef cpu) {
  struct Row {
    StringLiteral cpu;
    Caches caches;
  };
  static constexpr Row rows[] = {
      {"x86-64-v4", {32 << 10, 1 << 20, 16 << 20}},
      {"skylake-avx512", {32 << 10, 1 << 20, 16 << 20}},
      {"cascadelake", {32 << 10, 1 << 20, 16 << 20}},
      {"icelake-server", {48 << 10, 1280 << 10, 32 << 20}},
      {"sapphirerapids", {48 << 10, 2 << 20, 32 << 20}},
      {"emeraldrapids", {48 << 10, 2 << 20, 64 << 20}},
      {"graniterapids", {48 << 10, 2 << 20, 64 << 20}},
      {"znver2", {32 << 10, 512 << 10, 16 << 20}},
      {"znver3", {32 << 10, 512 << 10, 32 << 20}},
      {"znver4", {32 << 10, 1 << 20, 32 << 20}},
      {"znver5", {48 << 10, 1 << 20, 32 << 20}},
  };
  for (const Row &row : rows)
    if (row.cpu == cpu)
      return row.caches;
  return {};
}

/// The features of a processor, in LLVM's names.
static std::string featuresOf(const Triple &triple, StringRef cpu,
                              bool isNative) {
  if (!triple.isX86())
    return "";
  // The host is asked itself: a virtual machine may hide features of the
  // processor whose name it bears.
  StringMap<bool> features;
  if (isNative) {
    features = sys::getHostCPUFeatures();
  } else {
    // The list of a level leaves out what other entries imply (AVX-512F, SSE
    // 4.1); whoever asks for a feature wants to find it.
    SmallVector<StringRef> named;
    X86::getFeaturesForCPU(cpu, named);
    for (StringRef feature : named) {
      features[feature] = true;
      X86::updateImpliedFeatures(feature, /*Enabled=*/true, features);
    }
  }
  SmallVector<StringRef> present;
  for (const auto &feature : features)
    if (feature.second)
      present.push_back(feature.first());
  return usableFeatures(present);
}

/// Fails where LLVM does not know the processor.
static Error checkProcessor(const Triple &triple, StringRef cpu) {
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return createStringError("no code generator for the triple '" +
                             triple.str() + "': " + message);
  if (!triple.isArch64Bit() || !triple.isLittleEndian())
    return createStringError("objects are for 64-bit little-endian targets, "
                             "not for '" +
                             triple.str() + "'");
  std::unique_ptr<MCSubtargetInfo> info(
      target->createMCSubtargetInfo(triple, "", ""));
  if (!info->isCPUStringValid(cpu))
    return createStringError("'" + cpu + "' is no processor of " +
                             triple.getArchName() +
                             "; use native, a level such as x86-64-v3, or a "
                             "name from `llc -mcpu=help`");
  return Error::success();
}

Expected<dlc::TargetAttr> describeTarget(mlir::MLIRContext *context,
                                         StringRef tripleText, StringRef cpu) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  Triple host(sys::getDefaultTargetTriple());
  Triple triple(tripleText.empty() ? host.str()
                                   : Triple::normalize(tripleText));
  bool isNative = cpu == "native";
  if (isNative && triple.getArch() != host.getArch())
    return createStringError("--cpu=native is this machine's " +
                             host.getArchName() + ", not the triple's " +
                             triple.getArchName() + "; name a processor");
  std::string name = isNative ? sys::getHostCPUName().str() : cpu.str();
  if (Error error = checkProcessor(triple, name))
    return std::move(error);

  std::string features = featuresOf(triple, name, isNative);
  auto has = [&](StringRef feature) {
    return StringRef(features).contains(feature);
  };
  bool isWide = has("+avx512f") && has("+avx512vl");
  bool isAArch64 = triple.isAArch64();
  Caches caches = isNative ? hostCaches() : cachesOf(name);
  return dlc::TargetAttr::get(context, "cpu", triple.str(), name, features,
                              /*vector_bytes=*/
                              isWide         ? 64
                              : has("+avx2") ? 32
                                             : 16,
                              /*registers=*/isWide || isAArch64 ? 32 : 16,
                              /*alignment=*/64, caches.l1, caches.l2,
                              caches.l3);
}

} // namespace dlcc
