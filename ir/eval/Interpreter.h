//===- Interpreter.h - runs functions of dlc ops ----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The oracle: runs the entry functions of a module as the graph passes see it
// (phases graph to fused), with the variables of the model. Gradient tests,
// end-to-end tests and constant folding ask it.
//
//   Interpreter oracle(module, {.rows = 5});
//   oracle.setControl("$seed", 7);
//   auto parameters = oracle.run("init", {});
//   auto results = oracle.run("train_step", {image, digit});
//   oracle.variables()["dense.weight"].floats …
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_EVAL_INTERPRETER_H
#define DLCC_IR_EVAL_INTERPRETER_H

#include "ir/Ops.h"
#include "ir/eval/Evaluate.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace dlcc::eval {

struct Options {
  /// Rows given to a call; 0: all of the compiled batch.
  int64_t rows = 0;
  /// Round every op's result to its declared type; else floats stay f64.
  bool rounded = true;
};

class Interpreter {
public:
  /// All variables of the module are zero, but for `$rows`,
  /// `$steps_per_epoch` (1) and `$learning_rate_scale` (1).
  explicit Interpreter(mlir::ModuleOp module, Options options = {});

  /// Every variable by its name; values may be changed between calls.
  llvm::StringMap<Tensor> &variables() { return store; }
  /// Sets a scalar control variable; nothing where the model reads none.
  void setControl(llvm::StringRef name, double value);
  /// What the last call's `dlc.update` ops were given, by parameter; empty
  /// once these are expanded.
  llvm::StringMap<Tensor> &gradients() { return givenGradients; }

  /// Calls a function. Its writes reach `variables` at the end of a call that
  /// succeeds. `dlc.minimize`, a wish, does nothing.
  llvm::Expected<std::vector<Tensor>> run(llvm::StringRef function,
                                          llvm::ArrayRef<Tensor> inputs);

private:
  using Values = llvm::DenseMap<mlir::Value, Tensor>;

  llvm::Expected<std::vector<Tensor>> runBlock(mlir::Block &block,
                                               llvm::ArrayRef<Tensor> inputs);
  llvm::Error runOp(mlir::Operation *op, Values &values);
  llvm::Error runScan(dlc::ScanOp scan, llvm::ArrayRef<Tensor> operands,
                      Values &values);

  mlir::ModuleOp module;
  bool rounded;
  Rows rows;
  llvm::StringMap<Tensor> store, writes, givenGradients;
};

} // namespace dlcc::eval

#endif // DLCC_IR_EVAL_INTERPRETER_H
