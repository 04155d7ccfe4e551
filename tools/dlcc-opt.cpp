//===- dlcc-opt.cpp - the pass driver for tests, as mlir-opt --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/Passes.h"
#include "ir/Dialect.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/Passes.h"
#include "passes/autodiff/Rules.h"

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  dlcc::registerGraphPasses();
  dlcc::cpu::registerCpuPasses();

  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<dlcc::dlc::DLCDialect>();
  dlcc::registerGradientRules(registry);

  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "dlcc pass driver\n", registry));
}
