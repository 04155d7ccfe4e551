//===- Elementwise.cpp - arithmetic, comparisons, casts -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/writer/OpWriter.h"
#include "frontend/onnx/writer/Refusal.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringSwitch.h"

using namespace dlcc;
using namespace dlcc::dlc;
using namespace dlcc::onnx_writer;
using llvm::StringRef;

static mlir::Type elementOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType();
}

/// The operator that does the same as an op of the dialect, for all types.
static StringRef counterpartOf(StringRef op) {
  return llvm::StringSwitch<StringRef>(op)
      .Case("exp", "Exp")
      .Case("log", "Log")
      .Case("sqrt", "Sqrt")
      .Case("sin", "Sin")
      .Case("cos", "Cos")
      .Case("tanh", "Tanh")
      .Case("sigmoid", "Sigmoid")
      .Case("erf", "Erf")
      .Case("floor", "Floor")
      .Case("ceil", "Ceil")
      .Case("round", "Round")
      .Case("neg", "Neg")
      .Case("abs", "Abs")
      .Case("sign", "Sign")
      .Case("add", "Add")
      .Case("sub", "Sub")
      .Case("mul", "Mul")
      .Case("pow", "Pow")
      .Case("max", "Max")
      .Case("min", "Min")
      .Case("select", "Where")
      .Default("");
}

/// Logic has operators of its own for bools.
static StringRef logicOf(StringRef op, bool isBool) {
  return llvm::StringSwitch<StringRef>(op)
      .Case("and", isBool ? "And" : "BitwiseAnd")
      .Case("or", isBool ? "Or" : "BitwiseOr")
      .Case("xor", isBool ? "Xor" : "BitwiseXor")
      .Case("not", isBool ? "Not" : "BitwiseNot")
      .Default("");
}

/// e^x - 1 = tanh(x / 2) (e^x + 1), which loses nothing where x is small.
static Tensor expm1(GraphBuilder &b, const Tensor &x, mlir::Type type) {
  Tensor half = b.elementwise("Mul", {x, b.scalar(type, 0.5)});
  Tensor sum =
      b.elementwise("Add", {b.elementwise("Exp", x), b.scalar(type, 1)});
  return b.elementwise("Mul", {b.elementwise("Tanh", half), sum});
}

/// ln(1 + x); where x is small, 1 + x is rounded to some u, and
/// ln(u) x / (u - 1) makes up for it.
static Tensor log1p(GraphBuilder &b, const Tensor &x, mlir::Type type) {
  Tensor one = b.scalar(type, 1);
  Tensor u = b.elementwise("Add", {x, one});
  Tensor log = b.elementwise("Log", u);
  Tensor ratio = b.elementwise("Div", {x, b.elementwise("Sub", {u, one})});
  Tensor small = b.elementwise("Where", {b.elementwise("Equal", {u, one}), x,
                                         b.elementwise("Mul", {log, ratio})});
  Tensor isLarge = b.elementwise("Greater", {x, b.scalar(type, 0.5)});
  return b.elementwise("Where", {isLarge, log, small});
}

/// Whether every element is a number, and not 0.
static bool isNonzero(mlir::Value value) {
  auto number =
      llvm::dyn_cast_if_present<mlir::IntegerAttr>(getUniformValue(value));
  return number && !number.getValue().isZero();
}

/// Integers: a division by 0 gives 0, and leaves all as the rest.
static Tensor divide(GraphBuilder &b, const Tensor &lhs, const Tensor &rhs,
                     mlir::Value divisor, bool isRest) {
  mlir::Type type = elementOf(divisor);
  auto of = [&](const Tensor &by) {
    Tensor result = b.elementwise(isRest ? "Mod" : "Div", {lhs, by});
    if (isRest)
      b.setInt("fmod", 1);
    return result;
  };
  if (llvm::isa<mlir::FloatType>(type) || isNonzero(divisor))
    return of(rhs);
  Tensor zero = b.scalar(type, 0);
  Tensor isZero = b.elementwise("Equal", {rhs, zero});
  Tensor by = b.elementwise("Where", {isZero, b.scalar(type, 1), rhs});
  return b.elementwise("Where", {isZero, isRest ? lhs : zero, of(by)});
}

static Tensor compare(GraphBuilder &b, const Tensor &lhs, const Tensor &rhs,
                      Comparison comparison) {
  switch (comparison) {
  case Comparison::EQ:
    return b.elementwise("Equal", {lhs, rhs});
  case Comparison::NE:
    return b.elementwise("Not", b.elementwise("Equal", {lhs, rhs}));
  case Comparison::LT:
    return b.elementwise("Less", {lhs, rhs});
  case Comparison::LE:
    return b.elementwise("LessOrEqual", {lhs, rhs});
  case Comparison::GT:
    return b.elementwise("Greater", {lhs, rhs});
  case Comparison::GE:
    return b.elementwise("GreaterOrEqual", {lhs, rhs});
  }
  llvm_unreachable("a comparison");
}

static bool isZero(mlir::Value value) {
  auto number =
      llvm::dyn_cast_if_present<mlir::FloatAttr>(getUniformValue(value));
  return number && number.getValue().isZero();
}

/// x > 0 ? x : 0.
static bool isRelu(SelectOp select) {
  auto compare = select.getCondition().getDefiningOp<CompareOp>();
  return compare && compare.getComparison() == Comparison::GT &&
         compare.getLhs() == select.getOnTrue() && isZero(compare.getRhs()) &&
         isZero(select.getOnFalse());
}

bool OpWriter::writeElementwise(mlir::Operation *op) {
  if (!op->hasTrait<mlir::OpTrait::Elementwise>())
    return false;
  mlir::Value result = op->getResult(0);
  mlir::Type type = elementOf(result);
  llvm::SmallVector<Tensor> operands;
  for (mlir::Value operand : op->getOperands())
    operands.push_back(get(operand));
  StringRef name = op->getName().stripDialect();
  if (llvm::isa<StopGradientOp>(op)) {
    set(result, operands[0]);
  } else if (auto select = llvm::dyn_cast<SelectOp>(op);
             select && isRelu(select)) {
    set(result, b.elementwise("Relu", operands[1]));
  } else if (StringRef same = counterpartOf(name); !same.empty()) {
    set(result, b.elementwise(same, operands));
  } else if (StringRef logic = logicOf(name, type.isInteger(1));
             !logic.empty()) {
    set(result, b.elementwise(logic, operands));
  } else if (llvm::isa<DivOp, RemOp>(op)) {
    set(result, divide(b, operands[0], operands[1], op->getOperand(1),
                       llvm::isa<RemOp>(op)));
  } else if (llvm::isa<RsqrtOp>(op)) {
    set(result,
        b.elementwise("Reciprocal", b.elementwise("Sqrt", operands[0])));
  } else if (llvm::isa<Expm1Op>(op)) {
    set(result, expm1(b, operands[0], type));
  } else if (llvm::isa<Log1pOp>(op)) {
    set(result, log1p(b, operands[0], type));
  } else if (auto comparison = llvm::dyn_cast<CompareOp>(op)) {
    set(result,
        compare(b, operands[0], operands[1], comparison.getComparison()));
  } else if (llvm::isa<CastOp>(op)) {
    set(result, b.elementwise("Cast", operands[0]));
    b.setInt("to", dataTypeOf(type));
  } else {
    return false;
  }
  return true;
}
