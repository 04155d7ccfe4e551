//===- Levels.cpp - the processors that an object has code for ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/Levels.h"

#include "codegen/object/HostTarget.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace dlcc {

/// Whoever needs all that another needs, and more, has more features.
static bool asksMore(dlc::TargetAttr a, dlc::TargetAttr b) {
  auto demand = [](dlc::TargetAttr target) {
    return std::pair(target.getVectorBytes(), target.getFeatures().count('+'));
  };
  return demand(a) > demand(b);
}

/// Fails where no processor would run one of the two. Symbols bear the names,
/// so these differ too.
static Error checkDiffer(dlc::TargetAttr target, StringRef cpu,
                         dlc::TargetAttr other) {
  StringRef name = other.getCpu();
  if (target.getCpu() == name)
    return createStringError(
        "--cpu names '" + name + "' twice" +
        (cpu == name ? "" : "; '" + cpu + "' is this machine's"));
  if (target.getFeatures() == other.getFeatures())
    return createStringError("'" + name + "' and '" + cpu +
                             "' of --cpu ask for the same features, so one of "
                             "them would never run");
  return Error::success();
}

static dlc::TargetAttr withoutTiles(dlc::TargetAttr target) {
  SmallVector<StringRef> features;
  target.getFeatures().split(features, ',');
  llvm::erase_if(features,
                 [](StringRef name) { return name.starts_with("+amx-"); });
  return dlc::TargetAttr::get(
      target.getContext(), target.getKind(), target.getTriple(),
      target.getCpu(), join(features, ","), target.getVectorBytes(),
      target.getRegisters(), target.getAlignment(), target.getL1Bytes(),
      target.getL2Bytes(), target.getL3Bytes());
}

Expected<SmallVector<dlc::TargetAttr>>
describeLevels(mlir::MLIRContext *context, StringRef triple, StringRef cpus,
               bool usesTiles) {
  SmallVector<StringRef> names;
  cpus.split(names, ',');
  SmallVector<dlc::TargetAttr> levels;
  for (StringRef cpu : names) {
    if (cpu.empty() && names.size() > 1)
      return createStringError("--cpu=" + cpus + " has an empty name");
    Expected<dlc::TargetAttr> target = describeTarget(context, triple, cpu);
    if (!target)
      return target.takeError();
    if (!usesTiles)
      target = withoutTiles(*target);
    if (names.size() > 1 && !Triple(target->getTriple()).isX86())
      return createStringError("several processors in one object are for "
                               "x86-64 only, not for '" +
                               target->getTriple() + "'");
    for (dlc::TargetAttr other : levels)
      if (Error error = checkDiffer(*target, cpu, other))
        return std::move(error);
    levels.push_back(*target);
  }
  llvm::stable_sort(levels, asksMore);
  return levels;
}

} // namespace dlcc
