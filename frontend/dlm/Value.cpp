//===- Value.cpp - what an expression evaluates to ------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Value.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace dlcc::dlm;

Value Value::none() {
  Value value;
  value.kind = ValueKind::None;
  return value;
}

Value Value::ofBool(bool truth) {
  Value value;
  value.kind = ValueKind::Bool;
  value.truth = truth;
  return value;
}

Value Value::ofInt(int64_t integer) {
  Value value;
  value.kind = ValueKind::Int;
  value.integer = integer;
  value.number = integer;
  return value;
}

Value Value::ofFloat(double number) {
  Value value;
  value.kind = ValueKind::Float;
  value.number = number;
  return value;
}

Value Value::ofString(std::string text) {
  Value value;
  value.kind = ValueKind::String;
  value.text = std::move(text);
  return value;
}

Value Value::ofExtent(Extent extent) {
  if (extent.isNumber())
    return ofInt(extent.factor());
  Value value;
  value.kind = ValueKind::Dim;
  value.extent = std::move(extent);
  return value;
}

Value Value::ofType(mlir::Type type) {
  Value value;
  value.kind = ValueKind::Type;
  value.type = type;
  return value;
}

Value Value::ofList(std::vector<Value> elements) {
  Value value;
  value.kind = ValueKind::List;
  value.elements = std::make_shared<std::vector<Value>>(std::move(elements));
  return value;
}

Value Value::ofTensor(Tensor tensor) {
  Value value;
  value.kind = ValueKind::Tensor;
  value.tensor = std::move(tensor);
  return value;
}

bool dlcc::dlm::isFloat(mlir::Type element) {
  return mlir::isa<mlir::FloatType>(element);
}
bool dlcc::dlm::isBool(mlir::Type element) { return element.isInteger(1); }
bool dlcc::dlm::isInteger(mlir::Type element) {
  return mlir::isa<mlir::IntegerType>(element) && !isBool(element);
}

std::string dlcc::dlm::nameOf(mlir::Type element) {
  if (isBool(element))
    return "bool";
  std::string text;
  llvm::raw_string_ostream(text) << element;
  // u8 is MLIR's ui8.
  return text.starts_with("ui") ? "u" + text.substr(2) : text;
}

mlir::Type dlcc::dlm::typeNamed(mlir::MLIRContext *context,
                                llvm::StringRef name) {
  auto integer = [&](unsigned width,
                     mlir::IntegerType::SignednessSemantics sign) {
    return mlir::Type(mlir::IntegerType::get(context, width, sign));
  };
  constexpr auto signless = mlir::IntegerType::Signless;
  if (name == "bool")
    return integer(1, signless);
  if (name == "u8")
    return integer(8, mlir::IntegerType::Unsigned);
  if (name == "i8" || name == "i32" || name == "i64")
    return integer(name == "i8" ? 8 : name == "i32" ? 32 : 64, signless);
  if (name == "bf16")
    return mlir::BFloat16Type::get(context);
  if (name == "f16")
    return mlir::Float16Type::get(context);
  if (name == "f32")
    return mlir::Float32Type::get(context);
  if (name == "f64")
    return mlir::Float64Type::get(context);
  return {};
}

std::string dlcc::dlm::toString(const Tensor &tensor) {
  return nameOf(tensor.element) + toString(tensor.shape);
}

std::string dlcc::dlm::describe(const Value &value) {
  switch (value.kind) {
  case ValueKind::Poison:
    return "an error";
  case ValueKind::None:
    return "none";
  case ValueKind::Bool:
    return value.truth ? "true" : "false";
  case ValueKind::Int:
    return "the number " + std::to_string(value.integer);
  case ValueKind::Float: {
    std::string text;
    llvm::raw_string_ostream(text) << llvm::format("%g", value.number);
    return "the number " + text;
  }
  case ValueKind::String:
    return "the string \"" + value.text + "\"";
  case ValueKind::Dim:
    return "the dimension " + value.extent.str();
  case ValueKind::Type:
    return "the type " + nameOf(value.type);
  case ValueKind::List:
    return "a list of " + std::to_string(value.elements->size());
  case ValueKind::Range:
    return "a range";
  case ValueKind::Duration:
    return "a duration";
  case ValueKind::Tensor:
    return toString(value.tensor);
  case ValueKind::Function:
    return value.layer   ? "the layer '" + value.layer->name + "'"
           : value.bound ? "an initialiser"
                         : "a function";
  case ValueKind::Member:
    return "a part of a layer";
  case ValueKind::Variable:
    return "a buffer";
  case ValueKind::Optimizer:
    return "an optimizer";
  }
  return "";
}
