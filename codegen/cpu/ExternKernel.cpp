//===- ExternKernel.cpp - kernels that call a C function ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One task, which hands the buffers over as they lie: inputs, outputs, and the
// extents that the function is told, written into the scratch.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/PointerBuilder.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::cpu;

static linalg::GenericOp findCall(func::FuncOp kernel) {
  for (auto op : kernel.getOps<linalg::GenericOp>())
    if (op->hasAttr(dlcc::attr::kExtern))
      return op;
  return nullptr;
}

static ArrayRef<int64_t> getNumbers(Operation *op, StringRef name) {
  return op->getAttrOfType<DenseI64ArrayAttr>(name).asArrayRef();
}

bool dlcc::cpu::isExtern(func::FuncOp kernel) {
  return findCall(kernel) != nullptr;
}

LogicalResult dlcc::cpu::selectExtern(func::FuncOp kernel) {
  OpBuilder b(kernel);
  int64_t dims = getNumbers(findCall(kernel), attr::kExternDims).size();
  kernel->setAttr(attr::kTasks, b.getI64IntegerAttr(1));
  kernel->setAttr(attr::kScratch, b.getI64IntegerAttr(llvm::alignTo(
                                      dims * sizeof(int64_t), 64)));
  return success();
}

/// The function's declaration, which all its calls share.
static func::FuncOp declare(ModuleOp module, Location loc, StringRef symbol,
                            FunctionType type) {
  std::string name = (attr::kExternPrefix + symbol).str();
  if (auto known = module.lookupSymbol<func::FuncOp>(name))
    return known;
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  auto function = func::FuncOp::create(b, loc, name, type);
  function.setPrivate();
  return function;
}

LogicalResult dlcc::cpu::emitExtern(KernelContext &context) {
  linalg::GenericOp call = findCall(context.planned);
  PointerBuilder p(context.builder, context.loc);
  SmallVector<Value> arguments;
  for (OpOperand *input : call.getDpsInputOperands())
    arguments.push_back(context.inputBuffer(input->get())->base);
  for (Value result : call.getResults()) {
    auto buffers = context.outputBuffers(result);
    if (buffers.size() != 1)
      return context.planned.emitOpError("has no one place for an output");
    arguments.push_back(buffers.front()->base);
  }
  SmallVector<int64_t> sizes = call.getStaticLoopRanges();
  ArrayRef<int64_t> rows = getNumbers(call, attr::kRows);
  Type i64 = p->getI64Type();
  for (auto [i, loop] : llvm::enumerate(getNumbers(call, attr::kExternDims))) {
    Value extent = rows[loop] == 0 ? p.constant(sizes[loop])
                                   : p.mul(context.rows, rows[loop]);
    p.store(extent, p.at(context.scratch, i64, i));
  }
  arguments.push_back(context.scratch);
  auto module = context.planned->getParentOfType<ModuleOp>();
  auto symbol = call->getAttrOfType<StringAttr>(attr::kExtern);
  auto type = p->getFunctionType(ValueRange(arguments).getTypes(), {});
  func::FuncOp function = declare(module, context.loc, symbol, type);
  if (function.getFunctionType() != type)
    return call.emitOpError("calls '")
           << symbol.getValue() << "' with another number of tensors than "
           << "another call";
  func::CallOp::create(*p, function, arguments);
  return success();
}
