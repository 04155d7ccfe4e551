//===- MergeKernels.cpp - equal kernels become one ------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs on the planned form, where a kernel no longer knows whose memory it
// works on. Saves compile time and code; results stay the same by nature.
//
//===----------------------------------------------------------------------===//

#include "codegen/object/Passes.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

#include <map>

namespace dlcc::object {
#define GEN_PASS_DEF_MERGEKERNELSPASS
#include "codegen/object/Passes.h.inc"
} // namespace dlcc::object

using namespace mlir;
using namespace dlcc;

/// What people read of a kernel; it does not change the code.
static constexpr llvm::StringLiteral readable[] = {attr::kKernel, attr::kLine,
                                                   attr::kPhase};

/// The attributes that matter for the code.
static SmallVector<NamedAttribute> numbersOf(func::FuncOp kernel) {
  SmallVector<NamedAttribute> numbers;
  for (NamedAttribute attribute : kernel->getDiscardableAttrs())
    if (!llvm::is_contained(readable, attribute.getName().getValue()))
      numbers.push_back(attribute);
  return numbers;
}

static bool isSameCode(func::FuncOp a, func::FuncOp b) {
  return numbersOf(a) == numbersOf(b) &&
         OperationEquivalence::isRegionEquivalentTo(
             &a.getBody(), &b.getBody(), OperationEquivalence::IgnoreLocations);
}

namespace {

class MergeKernelsPass
    : public object::impl::MergeKernelsPassBase<MergeKernelsPass> {
  void runOnOperation() override {
    // Equal code has equal type and as many ops: few are left to compare.
    std::map<std::pair<const void *, size_t>, SmallVector<func::FuncOp>> kept;
    llvm::StringMap<func::FuncOp> twins, doubles;
    for (auto kernel : getOperation().getOps<func::FuncOp>()) {
      if (!kernel->hasAttr(attr::kKernel) || kernel.isExternal())
        continue;
      size_t ops = llvm::range_size(kernel.getBody().front());
      auto &candidates =
          kept[{kernel.getFunctionType().getAsOpaquePointer(), ops}];
      auto *twin = llvm::find_if(candidates, [&](func::FuncOp candidate) {
        return isSameCode(candidate, kernel);
      });
      if (twin == candidates.end()) {
        candidates.push_back(kernel);
      } else {
        twins[kernel.getSymName()] = *twin;
        doubles[kernel.getSymName()] = kernel;
      }
    }
    getOperation().walk([&](func::CallOp call) {
      auto found = twins.find(call.getCallee());
      if (found == twins.end())
        return;
      for (llvm::StringLiteral name : readable)
        if (Attribute fact = doubles[call.getCallee()]->getAttr(name))
          call->setAttr(name, fact);
      call.setCalleeAttr(FlatSymbolRefAttr::get(found->second));
    });
    for (auto &entry : doubles)
      entry.second.erase();
  }
};

} // namespace
