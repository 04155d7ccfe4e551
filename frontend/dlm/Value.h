//===- Value.h - what an expression evaluates to ----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_DLM_VALUE_H
#define DLCC_FRONTEND_DLM_VALUE_H

#include "frontend/dlm/Ast.h"
#include "frontend/dlm/Extent.h"
#include "frontend/dlm/Paths.h"
#include "ir/Dialect.h"
#include "mlir/IR/Value.h"

#include <map>
#include <memory>

namespace dlcc::dlm {

struct Builtin;
struct Value;

/// A value of the run time: an SSA value and its shape with names.
struct Tensor {
  mlir::Value value;
  mlir::Type element;
  Extents shape;

  unsigned rank() const { return shape.size(); }
};

/// Arguments that wait for the rest: a layer's, or an initialiser's.
using BoundArguments = std::map<std::string, std::pair<Value, Range>>;

/// `layer enc = dense(units = 64)`: every call shares the path, and so the
/// parameters.
struct LayerData {
  std::string name;
  std::shared_ptr<PathNode> path;
};

/// `sgd(learning_rate = …)`
struct OptimizerData {
  dlc::Optimizer kind;
  bool nesterov = false;
  /// In the order in which they become operands.
  std::vector<std::pair<std::string, Value>> settings;
};

enum class ValueKind {
  Poison, ///< an error was reported; whatever it touches is poison too
  None,
  Bool,
  Int,
  Float,
  String,
  Dim,      ///< a dimension with a name in it; a scalar in arithmetic
  Type,     ///< f32
  List,     ///< also several results
  Range,    ///< elements 0 .. 1
  Duration, ///< number, text: epochs or steps
  Tensor,
  Function, ///< with `bound` arguments: a layer, or an initialiser
  Member,   ///< the parameters below the path `text`
  Variable, ///< the buffer or state called `text`
  Optimizer,
};

struct Value {
  ValueKind kind = ValueKind::Poison;
  bool truth = false;
  int64_t integer = 0;
  double number = 0; ///< also of an Int
  std::string text;
  Extent extent;
  mlir::Type type;
  Tensor tensor;
  std::shared_ptr<std::vector<Value>> elements;
  const FunctionDecl *function = nullptr;
  const Builtin *builtin = nullptr;
  std::shared_ptr<BoundArguments> bound;
  std::shared_ptr<LayerData> layer;
  std::shared_ptr<OptimizerData> optimizer;
  Range place; ///< where a list's element stands in the text

  static Value poison() { return {}; }
  static Value none();
  static Value ofBool(bool truth);
  static Value ofInt(int64_t integer);
  static Value ofFloat(double number);
  static Value ofString(std::string text);
  /// An Int where the extent is a number.
  static Value ofExtent(Extent extent);
  static Value ofType(mlir::Type type);
  static Value ofList(std::vector<Value> elements);
  static Value ofTensor(Tensor tensor);

  bool is(ValueKind other) const { return kind == other; }
  bool isPoison() const { return kind == ValueKind::Poison; }
  bool isNone() const { return kind == ValueKind::None; }
  bool isTensor() const { return kind == ValueKind::Tensor; }
  bool isNumber() const {
    return kind == ValueKind::Int || kind == ValueKind::Float;
  }
};

/// `f32`, `bool`, `u8`: the name of an element type in the language.
std::string nameOf(mlir::Type element);
/// The type of that name, null where there is none.
mlir::Type typeNamed(mlir::MLIRContext *context, llvm::StringRef name);
bool isFloat(mlir::Type element);
bool isBool(mlir::Type element);
bool isInteger(mlir::Type element);

/// `f32[batch, 10]`
std::string toString(const Tensor &tensor);
/// What a value is, for diagnostics: "the number 3", "f32[batch, 10]".
std::string describe(const Value &value);

} // namespace dlcc::dlm

#endif // DLCC_FRONTEND_DLM_VALUE_H
