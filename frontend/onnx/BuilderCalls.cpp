//===- BuilderCalls.cpp - rows, random numbers and changed variables ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What differs from call to call: how many rows it brings, its random numbers,
// and the variables that it changes.
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/Builder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;
using mlir::RankedTensorType;

void Builder::refuseInLoops() const {
  if (!mlir::isa<mlir::func::FuncOp>(builder.getBlock()->getParentOp()))
    throw Refusal("in the body of a loop it cannot be trained");
}

Value Builder::control(llvm::StringRef name) {
  mlir::Block *block = builder.getBlock();
  auto function = mlir::dyn_cast<mlir::func::FuncOp>(block->getParentOp());
  if (!function)
    function = block->getParentOp()->getParentOfType<mlir::func::FuncOp>();
  for (auto read : function.getBody().front().getOps<dlc::ReadOp>())
    if (read.getVariable() == name)
      return read;
  auto type = RankedTensorType::get({}, i64());
  auto module = function->getParentOfType<mlir::ModuleOp>();
  if (!module.lookupSymbol(name)) {
    mlir::OpBuilder top = mlir::OpBuilder::atBlockBegin(module.getBody());
    dlc::VariableOp::create(top, module.getLoc(), dlc::VariableKind::Control,
                            name, type, /*trainable=*/false);
  }
  mlir::OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&function.getBody().front());
  auto named = mlir::NameLoc::get(builder.getStringAttr(name.ltrim('$')));
  return dlc::ReadOp::create(builder, named, type, name);
}

Value Builder::count(int64_t size, Type element) {
  if (rows == 0 || size % rows)
    return number(double(size), element);
  Value given = control("$rows");
  if (size != rows)
    given = mul(given, double(size / rows));
  return cast(given, element);
}

/// FNV-1a, 64 bits.
static uint64_t hash(llvm::StringRef text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : text)
    hash = (hash ^ c) * 0x100000001b3;
  return hash;
}

Value Builder::uniform(llvm::StringRef name, ArrayRef<int64_t> shape) {
  refuseInLoops();
  // Nodes may have the same name.
  std::string path = (name + "#" + llvm::Twine(drawn++)).str();
  return dlc::RandomOp::create(builder, loc, type(shape, f32()),
                               dlc::Distribution::Uniform, control("$seed"),
                               control("$step"), hash(path));
}

/// The variable that a value was read from; null for others.
static mlir::StringAttr variableOf(Value value) {
  auto read = value.getDefiningOp<dlc::ReadOp>();
  return read ? read.getVariableAttr().getAttr() : mlir::StringAttr();
}

Value Builder::stored(Value value) {
  auto found = stores.find(variableOf(value));
  return found == stores.end() ? value : found->second;
}

void Builder::store(Value value, Value to) {
  refuseInLoops();
  if (mlir::StringAttr variable = variableOf(value))
    stores[variable] = to;
}

void Builder::writeStores() {
  for (const auto &[variable, value] : stores)
    dlc::WriteOp::create(builder, loc, variable, value);
}
