//===- Evaluator.h - runs the text of a model -------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model's text is a program that is run at compile time. Numbers, lists and
// decisions are computed; tensors are ops that the run leaves behind. Functions
// are inlined by evaluating their body, so a shape is checked at the call with
// the shapes that really stand there. Every entry point of a model is one run.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_EVALUATOR_H
#define DLCC_FRONTEND_DLM_EVALUATOR_H

#include "frontend/dlm/Diagnostics.h"
#include "frontend/dlm/Emitter.h"

namespace dlcc::dlm {

/// Where names are looked up: a body, then what surrounds it.
struct Scope {
  struct Binding {
    Value value;
    Range range;
  };
  Scope *parent = nullptr;
  std::map<std::string, Binding> names;
  /// Names in the order in which they were first bound.
  std::vector<std::string> order;

  void bind(const Name &name, Value value);
  Binding *find(const std::string &name);
};

/// A call that is being evaluated.
struct Frame {
  Frame *parent = nullptr;
  const FunctionDecl *function = nullptr; ///< null at the top level
  Range call;                             ///< the callee in the call's text
  /// The step of a `scan`, which is no call but has a `return` of its own.
  bool isScan = false;
  std::map<std::string, Range> arguments; ///< the texts they came from
  std::shared_ptr<PathNode> path;
  bool hasReturned = false;
  Value returned;
  const Stmt *returnStmt = nullptr; ///< that gave `returned`
};

/// What a `scan` goes over and begins with.
struct ScanSetup {
  int64_t axis = 0;
  bool reverse = false;
  Extent steps;
  llvm::SmallVector<Tensor> inputs; ///< the axis in front
  llvm::SmallVector<Tensor> inits;
};

class Evaluator;
struct Builtin;

/// The arguments of a builtin by parameter name; missing ones are left out.
struct BuiltinCall {
  const Expr &expr;
  const Builtin &builtin;
  BoundArguments arguments;

  llvm::StringRef name() const;
  /// A compile-time bool, false where it is not given.
  bool flag(Evaluator &evaluator, const std::string &name);

  const Value *get(const std::string &name) const {
    auto it = arguments.find(name);
    return it == arguments.end() || it->second.first.isNone()
               ? nullptr
               : &it->second.first;
  }
  Range range(const std::string &name) const {
    auto it = arguments.find(name);
    return it == arguments.end() ? expr.pointAt : it->second.second;
  }
};

/// A function that stands in C++: what maps to one op, or asks about a value.
struct Builtin {
  llvm::StringRef name;
  llvm::StringRef parameters; ///< "x axis? keepdims?"; `*` takes any number
  Value (*run)(Evaluator &, BuiltinCall &);
};
const Builtin *findBuiltin(llvm::StringRef name);
llvm::SmallVector<llvm::ArrayRef<Builtin>> allBuiltins();

/// What all runs of a model share.
struct Program {
  const Sources &sources;
  Diagnostics &diagnostics;
  mlir::MLIRContext &context;
  /// Functions, constants and file-level layers by name; the prelude's apart,
  /// so that a user's function of the same name does not change a layer.
  std::map<std::string, const FunctionDecl *> functions, preludeFunctions;
  std::map<std::string, Scope::Binding> constants;
  std::vector<const Stmt *> layers;
  std::vector<Stmt *> data; ///< blocks of the model's file
};

/// A model's variables, kept over its runs.
struct Variables {
  std::map<std::string, VariableInfo> table;
  std::vector<std::string> parameters; ///< trainable, in the text's order
  mlir::ModuleOp module;
  Emitter *init = nullptr;
};

class Evaluator {
public:
  Evaluator(Program &program, const DimensionTable &dims, Variables *variables,
            Emitter *emitter);

  /// Whether the text ran out of steps: what it has not bound then, it might
  /// still have.
  bool isExhausted() const { return exhausted; }

  // Statements.
  void runBody(const std::vector<Stmt *> &body, Scope &scope);
  void run(const Stmt &stmt, Scope &scope);
  void bindLayer(const Stmt &stmt, Scope &scope);
  /// Layers of the file, for a run's outermost scope.
  void bindFileLayers(Scope &scope);

  // Expressions. `evaluate` gives tensors for buffers; errors give poison.
  Value evaluate(const Expr &expr, Scope &scope);
  Value unary(llvm::StringRef op, const Value &operand, const Expr &expr);
  Value binary(llvm::StringRef op, const Value &lhs, const Value &rhs,
               const Expr &expr);
  Value callFunction(const Value &function, const Expr &call, Scope &scope);
  /// Calls a value with values: an initialiser with its shape.
  Value apply(const Value &function, std::vector<Value> arguments,
              const Expr &call);

  // Errors; each returns poison. A place inside the prelude becomes the place
  // in the user's text that it came from.
  Value error(Range range, const llvm::Twine &text, llvm::StringRef hint = "");
  Value error(Diagnostic &&diagnostic);

  // What builtins ask for. None after an error.
  std::optional<Tensor> tensorOf(const Value &value, Range range,
                                 mlir::Type element = {});
  std::optional<int64_t> wholeOf(const Value &value, Range range,
                                 llvm::StringRef what);
  std::optional<double> numberOf(const Value &value, Range range,
                                 llvm::StringRef what);
  std::optional<bool> truthOf(const Value &value, Range range,
                              llvm::StringRef what);
  std::optional<Extent> extentOf(const Value &value, Range range);
  std::optional<Extents> shapeOf(const Value &value, Range range);
  /// A range of axes: none means all; negative ones count from the end.
  std::optional<llvm::SmallVector<int64_t>>
  axesOf(const Value *value, Range range, const Tensor &tensor);
  std::optional<int64_t> axisOf(int64_t axis, Range range, unsigned rank);
  /// One element type and one shape for several operands, as NumPy does.
  bool unify(llvm::MutableArrayRef<Value> operands,
             llvm::ArrayRef<Range> ranges, Range where, llvm::StringRef what);
  std::optional<Extents> broadcastShapes(llvm::ArrayRef<Tensor> tensors,
                                         llvm::ArrayRef<Range> ranges,
                                         Range where, llvm::StringRef what);
  /// The tensor is not too large to exist.
  bool checkSize(const Extents &shape, mlir::Type element, Range range);

  Value makeVariable(dlc::VariableKind kind, const Extents &shape,
                     mlir::Type element, const Value &init,
                     const BuiltinCall &call);
  VariableInfo *findVariable(const std::string &name);

  Program &program;
  const DimensionTable &dims;
  Variables *variables;
  Emitter *emitter; ///< null where only constants may be computed
  Frame *frame = nullptr;
  bool inTraining = false; ///< `step` and `epoch` can be read
  bool readsEpoch = false;
  int64_t callsPerStep = 1; ///< calls whose gradients are accumulated
  /// The name that the value being evaluated will have.
  std::string bindingName;

private:
  Value evaluateRaw(const Expr &expr, Scope &scope);
  Value evaluateName(const Expr &expr, Scope &scope);
  Value evaluateMember(const Expr &expr, Scope &scope);
  Value evaluateIndex(const Expr &expr, Scope &scope);
  Value indexTensor(const Tensor &tensor, const Expr &expr, Scope &scope);
  bool sliceAxis(const IndexItem &item, Scope &scope, const Extent &extent,
                 int64_t &offset, int64_t &size, int64_t &stride);
  Value callMember(const Expr &call, Scope &scope);
  Value callBuiltin(const Builtin &builtin, const Expr &call, Scope &scope);
  Value inlineCall(const FunctionDecl &function, BoundArguments arguments,
                   const Expr &call, std::shared_ptr<PathNode> path);
  /// What the function returned, with the gradient that its text gives it;
  /// `arguments` are its parameters' values, in their order.
  Value giveGradient(const FunctionDecl &function,
                     llvm::ArrayRef<Value> arguments, Scope &scope,
                     const Expr &call);
  /// Runs the block; none after an error, else a tensor for each float tensor
  /// of `arguments`.
  std::optional<llvm::SmallVector<Tensor>>
  runGradient(const FunctionDecl &function, llvm::ArrayRef<Value> arguments,
              llvm::ArrayRef<Tensor> gradients, Scope &scope);
  /// Calls a C function with its parameters' values.
  Value callExtern(const FunctionDecl &function, llvm::ArrayRef<Value> values,
                   const Expr &call);
  Value evaluateScan(const Expr &expr, Scope &scope);
  std::optional<ScanSetup> setUpScan(const Expr &expr, Scope &scope);
  /// The step's results as tensors: the slices of the stacked outputs, then
  /// the carried values; none after an error.
  std::optional<llvm::SmallVector<Tensor>>
  runStep(const Expr &expr, const ScanSetup &setup,
          llvm::ArrayRef<Tensor> arguments, Scope &scope);
  bool isInScan() const;
  Value tensorBinary(llvm::StringRef op, const Value &lhs, const Value &rhs,
                     const Expr &expr);
  Value tensorPower(const Value &lhs, const Value &rhs, const Expr &expr);
  Value numberBinary(llvm::StringRef op, const Value &lhs, const Value &rhs,
                     const Expr &expr);
  Value extentBinary(llvm::StringRef op, const Value &lhs, const Value &rhs,
                     const Expr &expr);
  Value readControl(llvm::StringRef name, const Expr &expr);
  void poisonTargets(const Stmt &stmt, Scope &scope);
  void runFor(const Stmt &stmt, Scope &scope);
  void runStore(const Stmt &stmt, Scope &scope);
  void assign(const Stmt &stmt, Scope &scope);
  bool takeSteps(Range range, uint64_t count = 1);
  void locate(const Expr &expr);
  Range userPlace(Range range) const;
  std::string suggestion(const std::string &name, Scope &scope) const;
  /// What to do where a value has no part of that name.
  std::string partHint(const Value &base, const std::string &part,
                       Scope &scope) const;

  uint64_t steps = 0;
  unsigned depth = 0;
  bool exhausted = false;
  /// Variables made in this run; a second one of a name is an error unless a
  /// layer shares it.
  std::map<std::string, Range> made;
};

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_EVALUATOR_H
