//===- OutlineKernels.cpp - kernels become functions ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each `dlc.kernel` becomes a private function and a call. The symbol is the
// model's name, a dot and the kernel's name: no C name has a dot, so none of
// the user's symbols can meet it.
//
//===----------------------------------------------------------------------===//

#include "ir/Ops.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace dlcc;

namespace dlcc {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "passes/Passes.h.inc"
} // namespace dlcc

static void outline(dlc::KernelOp kernel, SymbolTable &symbols,
                    StringRef prefix) {
  OpBuilder builder(kernel.getContext());
  std::string symbol = (prefix + "." + kernel.getName()).str();
  auto type = builder.getFunctionType(kernel.getInputs().getTypes(),
                                      kernel.getResultTypes());
  auto function = func::FuncOp::create(builder, kernel.getLoc(), symbol, type);
  function.setPrivate();
  symbols.insert(function);
  function->setAttr(attr::kKernel, kernel.getNameAttr());
  for (NamedAttribute attribute : kernel->getDiscardableAttrs())
    function->setAttr(attribute.getName(), attribute.getValue());

  function.getBody().takeBody(kernel.getBody());
  Operation *yield = function.getBody().front().getTerminator();
  builder.setInsertionPoint(yield);
  func::ReturnOp::create(builder, yield->getLoc(), yield->getOperands());
  yield->erase();

  builder.setInsertionPoint(kernel);
  auto call = func::CallOp::create(builder, kernel.getLoc(), function,
                                   kernel.getInputs());
  kernel.replaceAllUsesWith(call.getResults());
  kernel.erase();
}

namespace {

struct OutlineKernelsPass
    : public dlcc::impl::OutlineKernelsPassBase<OutlineKernelsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    StringRef prefix = "model";
    if (auto model = module->getAttrOfType<StringAttr>(attr::kModel))
      prefix = model.getValue();
    SmallVector<dlc::KernelOp> kernels;
    module.walk([&](dlc::KernelOp kernel) { kernels.push_back(kernel); });
    for (dlc::KernelOp kernel : kernels)
      outline(kernel, symbols, prefix);
  }
};

} // namespace
