//===- CompiledCases.cpp - cases of ops, compiled and run -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledCases.h"

#include "CompiledModule.h"
#include "ir/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace dlcc;

static std::string spell(const Case &test) {
  std::string text = "  func.func @" + test.name + "(";
  for (auto [i, type] : llvm::enumerate(test.inputs)) {
    std::string name(1, char('a' + i));
    text += (i ? ", %" : "%") + name + ": " + type + " {dlc.name = \"" + name +
            "\"}";
  }
  return text + ") -> (" + test.result +
         " {dlc.name = \"r\"}) attributes {dlc.entry = \"forward\"} {\n    " +
         test.body + "\n    return %r : " + test.result + "\n  }\n";
}

void dlcc::check(const std::vector<Case> &cases, double slack) {
  std::string text = "module @t attributes {dlc.model = \"t\", dlc.batch = " +
                     std::to_string(kBatch) + " : i64} {\n";
  for (const Case &test : cases)
    text += spell(test);
  CompiledModule compiled(text + "}\n");
  if (!compiled.isReady())
    return;
  std::mt19937 random(11);
  for (const Case &test : cases) {
    auto function = compiled.module().lookupSymbol<func::FuncOp>(test.name);
    std::vector<eval::Tensor> inputs;
    for (Type type : function.getArgumentTypes())
      inputs.push_back(makeInput(cast<RankedTensorType>(type), random));
    for (int64_t rows : {kBatch, int64_t(3)}) {
      SCOPED_TRACE(test.name + " of " + std::to_string(rows) + " rows");
      eval::Interpreter oracle(compiled.module(), {.rows = rows});
      auto wanted = oracle.run(test.name, inputs);
      ASSERT_TRUE(bool(wanted)) << llvm::toString(wanted.takeError());
      std::vector<eval::Tensor> got = compiled.run(test.name, rows, inputs);
      ASSERT_EQ(got.size(), 1u);
      expectClose(got[0], (*wanted)[0], rows, kBatch, slack);
    }
  }
}
