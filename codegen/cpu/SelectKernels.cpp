//===- SelectKernels.cpp - algorithm, tiles and tasks of each kernel ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs on kernel functions in tensor form, before the memory is planned: what
// is decided here shows up as attributes (dlc.tasks, dlc.scratch) and, where a
// contraction packs its operands, as more functions and calls, so that the
// planner gives the packed copies their place.
//
// Where the object holds kernels for several processors, each level gets tiles
// and tasks of its own, and the plan the most scratch that one of them needs.
// Levels of the same processor are there to be measured: each tries other
// tiles.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/Passes.h"
#include "codegen/cpu/Tuning.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace dlcc::cpu {
#define GEN_PASS_DEF_SELECTKERNELSPASS
#include "codegen/cpu/Passes.h.inc"
} // namespace dlcc::cpu

using namespace dlcc::cpu;

namespace {
/// A level of the module.
struct Level {
  TargetTable target;
  std::optional<int64_t> trial; ///< which of its processor's levels, if several
};
} // namespace

static SmallVector<Level> levelsOf(ModuleOp module) {
  SmallVector<dlcc::dlc::TargetAttr> targets = dlcc::levelsOf(module);
  SmallVector<Level> levels;
  for (auto [number, target] : llvm::enumerate(targets)) {
    Level &level = levels.emplace_back(Level{TargetTable(target), {}});
    if (llvm::count(targets, target) > 1)
      level.trial = llvm::count(ArrayRef(targets).take_front(number), target);
  }
  return levels;
}

static LogicalResult select(func::FuncOp kernel, const Level &level,
                            const Tuning &tuning) {
  return isExtern(kernel)      ? selectExtern(kernel)
         : isIndexed(kernel)   ? selectIndexed(kernel)
         : isPointwise(kernel) ? selectPointwise(kernel, level.target)
         : isWinograd(kernel)
             ? selectWinograd(kernel, level.target)
             : selectContraction(kernel, level.target, tuning, level.trial);
}

/// Selects for each level. The attributes of the first one stand on the kernel
/// too, but for the scratch.
static LogicalResult selectForLevels(func::FuncOp kernel,
                                     ArrayRef<Level> levels,
                                     const Tuning &tuning) {
  DictionaryAttr before = kernel->getDiscardableAttrDictionary();
  SmallVector<Attribute> choices;
  IntegerAttr most;
  for (const Level &level : levels) {
    kernel->setDiscardableAttrs(before);
    if (failed(select(kernel, level, tuning)))
      return failure();
    SmallVector<NamedAttribute> chosen;
    for (NamedAttribute attribute : kernel->getDiscardableAttrs())
      if (before.get(attribute.getName()) != attribute.getValue())
        chosen.push_back(attribute);
    choices.push_back(DictionaryAttr::get(kernel.getContext(), chosen));
    auto scratch = kernel->getAttrOfType<IntegerAttr>(dlcc::attr::kScratch);
    if (!most || scratch.getInt() > most.getInt())
      most = scratch;
  }
  kernel->setDiscardableAttrs(before);
  for (NamedAttribute attribute : cast<DictionaryAttr>(choices.front()))
    kernel->setAttr(attribute.getName(), attribute.getValue());
  kernel->setAttr(dlcc::attr::kScratch, most);
  kernel->setAttr(dlcc::attr::kChoices,
                  ArrayAttr::get(kernel.getContext(), choices));
  return success();
}

namespace {
struct SelectKernelsPass
    : public dlcc::cpu::impl::SelectKernelsPassBase<SelectKernelsPass> {
  using SelectKernelsPassBase::SelectKernelsPassBase;

  void runOnOperation() override {
    SmallVector<Level> levels = levelsOf(getOperation());
    FailureOr<Tuning> tuning =
        Tuning::create(&getContext(), this->tuning, threads, database);
    if (failed(tuning))
      return signalPassFailure();
    // Selection adds functions; only those that are here now want it.
    SmallVector<func::FuncOp> kernels;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(dlcc::attr::kKernel))
        kernels.push_back(function);
    for (func::FuncOp kernel : kernels)
      if (failed(levels.size() == 1 ? select(kernel, levels.front(), *tuning)
                                    : selectForLevels(kernel, levels, *tuning)))
        return signalPassFailure();
  }
};
} // namespace
