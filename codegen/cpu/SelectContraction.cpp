//===- SelectContraction.cpp - tiles of a sum of products -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tiles are those that were measured for the product on the target, where a
// database has some, else those of the model. The kernel carries them
// (`dlc.tiles`), so that it is lowered as it was selected. Where a module is
// there to be measured, each of its levels tries other ones.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/ContractionPlan.h"
#include "codegen/cpu/DotPlan.h"
#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/Tuning.h"
#include "ir/Target.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace dlcc::cpu {

/// Steps along the axes of an operand, and after how many indices they end
/// where the axis is not linear.
static void describeOperand(llvm::raw_ostream &out, const Operand &operand,
                            const Axis &panel, const Axis &k) {
  out << operand.elementType() << (operand.isRounded ? "~" : "") << ':';
  for (const Axis *axis : {&panel, &k}) {
    if (axis == &k)
      out << ',';
    out << operand.access.step(*axis);
    if (!operand.access.isLinear(*axis))
      out << '/' << operand.access.linearRun(*axis);
  }
}

/// Tensors that the epilogue reads, those that it makes, and its operations.
static void describeEpilogue(llvm::raw_ostream &out,
                             const ContractionView &view) {
  llvm::SetVector<Value> read, made;
  size_t operations = 0;
  linalg::GenericOp product = view.product;
  made.insert(product->getResult(0));
  for (const EpilogueStage &stage : view.epilogue) {
    for (Value input : stage.op.getInputs())
      if (!made.contains(input))
        read.insert(input);
    made.insert_range(stage.op->getResults());
    operations += llvm::range_size(stage.op.getBody()->without_terminator());
  }
  out << " epilogue=" << read.size() << ',' << made.size() - 1 << ','
      << operations;
}

/// Everything that decides how fast the product is computed with given tiles:
/// what databases find it by.
static std::string describeProduct(const ContractionView &view) {
  std::string text;
  llvm::raw_string_ostream out(text);
  out << view.computeType() << " m=" << view.m.extent << " n=" << view.n.extent
      << " k=" << view.k.extent;
  auto list = [&](const char *what, ArrayRef<Axis> axes) {
    if (!axes.empty())
      out << ' ' << what << '=';
    llvm::interleave(
        axes, out, [&](const Axis &axis) { out << axis.extent; }, "x");
  };
  list("of", view.outer);
  list("sums", view.outerK);
  if (view.isTransposed)
    out << " transposed";
  out << " a=";
  describeOperand(out, view.lhs, view.m, view.k);
  out << " b=";
  describeOperand(out, view.rhs, view.n, view.k);
  describeEpilogue(out, view);
  return text;
}

/// Takes the tiles of an entry, or diagnoses why they cannot be taken.
static LogicalResult take(const Tuning::Found &found, ContractionPlan &plan,
                          const TargetTable &target, MLIRContext *context) {
  std::string whyNot = plan.setTiles(found.entry->sizes, target);
  if (whyNot.empty())
    return success();
  return emitError(FileLineColLoc::get(context, found.file, found.entry->line,
                                       /*column=*/1))
         << "these tiles do not fit the product: " << whyNot;
}

/// Takes the tiles that a level tries: those of the model first, then those of
/// the compiler's database, then others; the first again where none are left.
static LogicalResult takeTrial(int64_t trial,
                               const std::optional<Tuning::Found> &known,
                               ContractionPlan &plan, const TargetTable &target,
                               MLIRContext *context) {
  std::vector<TileSizes> trials = plan.listTrials(target);
  if (known) {
    if (failed(take(*known, plan, target, context)))
      return failure();
    TileSizes sizes = plan.tileSizes();
    if (!llvm::is_contained(trials, sizes))
      trials.insert(trials.begin() + 1, sizes);
  }
  std::string whyNot =
      plan.setTiles(trials[trial < int64_t(trials.size()) ? trial : 0], target);
  assert(whyNot.empty() && "trials fit their product");
  return success();
}

LogicalResult selectContraction(func::FuncOp kernel, const TargetTable &target,
                                const Tuning &tuning,
                                std::optional<int64_t> trial) {
  FailureOr<ContractionView> view = ContractionView::create(kernel);
  if (failed(view))
    return failure();
  if (DotPlan::applies(*view))
    return selectDot(kernel, *view, target);
  FailureOr<ContractionPlan> plan =
      ContractionPlan::create(kernel, std::move(*view), target);
  if (failed(plan))
    return failure();
  OpBuilder b(kernel);
  auto write = [&] {
    kernel->setAttr(dlcc::attr::kTasks, b.getI64IntegerAttr(plan->tasks));
    kernel->setAttr(dlcc::attr::kScratch,
                    b.getI64IntegerAttr(plan->scratchBytes));
    kernel->setAttr(dlcc::attr::kTiles,
                    b.getDenseI64ArrayAttr(plan->tileSizes()));
  };
  if (plan->unit) {
    kernel->setAttr(dlcc::attr::kUnit, b.getStringAttr(plan->unit->name));
    write();
    return success();
  }
  std::string product = describeProduct(plan->view);
  std::optional<Tuning::Found> known = tuning.find(target.name(), product);
  if (trial && !(known && known->from == kFromTuning)) {
    if (failed(takeTrial(*trial, known, *plan, target, b.getContext())))
      return failure();
  } else if (known) {
    if (failed(take(*known, *plan, target, b.getContext())))
      return failure();
    kernel->setAttr(dlcc::attr::kTilesFrom, b.getStringAttr(known->from));
  }
  write();
  kernel->setAttr(dlcc::attr::kProduct, b.getStringAttr(product));
  return success();
}

} // namespace dlcc::cpu
