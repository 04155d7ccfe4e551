//===- ChooseParts.cpp - the batch in parts, where memory asks ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a number of parts takes is known once its kernels are chosen, so each
// number is compiled up to the plan. Every entry that is too large is tried
// with the next divisor of the batch, until all fit or none is left.
//
//===----------------------------------------------------------------------===//

#include "tools/ChooseParts.h"

#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "passes/BatchRows.h"
#include "passes/SplitBatch.h"
#include "tools/Compiler.h"

using namespace mlir;

namespace dlcc {

namespace {

/// What came of compiling with some numbers of parts.
struct Trial {
  bool fits = false;
  std::optional<int64_t> least; ///< bytes, where memory is what it lacks
  int64_t unlimitedArena = 0;
  std::vector<std::string> tooLarge; ///< entries
  std::optional<Location> place;     ///< of the error
  std::string error;
  bool takesSmallerBatch = false; ///< whether the error has that note
};

} // namespace

static Trial tryParts(ModuleOp module, const CompileOptions &options) {
  Trial trial;
  OwningOpRef<ModuleOp> copy(module.clone());
  ScopedDiagnosticHandler quiet(
      module.getContext(), [&](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
            !trial.place) {
          trial.place = diagnostic.getLocation();
          trial.error = diagnostic.str();
          trial.takesSmallerBatch = !diagnostic.getNotes().empty();
        }
        return success();
      });
  PassManager passes(module.getContext(), ModuleOp::getOperationName());
  addPhasePasses(passes, Phase::Fused, options);
  addPhasePasses(passes, Phase::Planned, options);
  trial.fits = succeeded(passes.run(*copy));
  if (auto bytes = (*copy)->getAttrOfType<IntegerAttr>(kLeastBytes))
    trial.least = bytes.getInt();
  if (auto bytes =
          (*copy)->getAttrOfType<IntegerAttr>(attr::kUnlimitedArenaBytes))
    trial.unlimitedArena = bytes.getInt();
  for (auto function : copy->getOps<func::FuncOp>())
    if (function->hasAttr(kTooLarge))
      trial.tooLarge.push_back(function.getSymName().str());
  return trial;
}

/// Gives the entry more parts, as few more as divide its batch; whether there
/// are more.
static bool addParts(func::FuncOp entry) {
  if (llvm::none_of(entry.getArgumentTypes(), findRowAxis))
    return false;
  auto parts = entry->getAttrOfType<IntegerAttr>(attr::kParts);
  int64_t batch = getBatch(entry);
  for (int64_t next = parts ? parts.getInt() + 1 : 2; next <= batch; ++next)
    if (batch % next == 0) {
      entry->setAttr(attr::kParts,
                     Builder(entry.getContext()).getI64IntegerAttr(next));
      return true;
    }
  return false;
}

static void emitTrial(const Trial &trial, const Trial *why) {
  InFlightDiagnostic error = emitError(*trial.place) << trial.error;
  if (why)
    error.attachNote(why->place) << why->error;
  if (trial.takesSmallerBatch)
    error.attachNote() << "a smaller --batch takes less";
}

/// Every entry with rows in as many parts, from two on, until all fit. The
/// scratch of a thread is that of the largest kernel, so an entry that is small
/// enough may have to go in parts for another one's sake. The smallest of these
/// trials, if none fits.
static Trial tryAllInParts(ModuleOp module, const CompileOptions &options) {
  for (auto entry : module.getOps<func::FuncOp>())
    entry->removeAttr(attr::kParts);
  Trial best;
  while (true) {
    bool hasMore = false;
    for (auto entry : module.getOps<func::FuncOp>())
      hasMore |= addParts(entry);
    Trial trial = hasMore ? tryParts(module, options) : Trial();
    if (trial.fits || (hasMore && !best.least))
      best = trial;
    if (trial.fits || !trial.least)
      return best;
    if (*trial.least < *best.least)
      best = trial;
  }
}

LogicalResult chooseParts(ModuleOp module, const CompileOptions &options) {
  Trial whole = tryParts(module, options);
  // Another error comes again when the module is compiled.
  if (whole.fits || !whole.least)
    return success();
  Trial trial = whole;
  while (!trial.fits) {
    bool hasMore = false;
    for (const std::string &name : trial.tooLarge)
      hasMore |= addParts(module.lookupSymbol<func::FuncOp>(name));
    Trial next =
        hasMore ? tryParts(module, options) : tryAllInParts(module, options);
    if (!next.fits && !next.least) {
      emitTrial(hasMore ? whole : trial, hasMore ? &next : nullptr);
      return failure();
    }
    trial = next;
    if (!hasMore && !trial.fits) {
      emitTrial(trial, nullptr);
      return failure();
    }
  }
  module->setAttr(
      attr::kUnlimitedArenaBytes,
      Builder(module.getContext()).getI64IntegerAttr(whole.unlimitedArena));
  return success();
}

} // namespace dlcc
