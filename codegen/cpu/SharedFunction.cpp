//===- SharedFunction.cpp - what loop forms call --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/SharedFunction.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace dlcc::cpu {

func::FuncOp
getOrCreateShared(ModuleOp module, StringRef name, TypeRange arguments,
                  unsigned apart,
                  function_ref<void(OpBuilder &, ValueRange)> write) {
  if (auto existing = module.lookupSymbol<func::FuncOp>(name))
    return existing;
  OpBuilder builder(module.getBodyRegion());
  auto function = func::FuncOp::create(builder, module.getLoc(), name,
                                       builder.getFunctionType(arguments, {}));
  function.setPrivate();
  // One copy serves all kernels, however few there are.
  function->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
  for (unsigned argument = 0; argument < apart; ++argument)
    function.setArgAttr(argument, LLVM::LLVMDialect::getNoAliasAttrName(),
                        builder.getUnitAttr());
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  func::ReturnOp::create(builder, module.getLoc());
  builder.setInsertionPointToStart(body);
  write(builder, body->getArguments());
  return function;
}

} // namespace dlcc::cpu
