//===- LowerKernels.cpp - from planned form to device form ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each kernel function makes the device functions that its emitter writes.
// The planned form stays as a bodiless declaration with the list of launches.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuffers.h"
#include "codegen/StorageType.h"
#include "codegen/gpu/BufferAlignment.h"
#include "codegen/gpu/KernelEmitter.h"
#include "codegen/gpu/Launches.h"
#include "codegen/gpu/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlcc::gpu {
#define GEN_PASS_DEF_LOWERKERNELSPASS
#include "codegen/gpu/Passes.h.inc"
} // namespace dlcc::gpu

using namespace dlcc;
using namespace dlcc::gpu;

//===----------------------------------------------------------------------===//
// The context of an emitter
//===----------------------------------------------------------------------===//

const Buffer *KernelContext::inputBuffer(Value tensor) const {
  if (auto found = constants.find(tensor); found != constants.end())
    return &buffers[found->second];
  std::optional<unsigned> number = dlcc::inputNumber(tensor);
  return number ? &buffers[*number] : nullptr;
}

SmallVector<const Buffer *> KernelContext::outputBuffers(Value tensor) const {
  SmallVector<const Buffer *> result;
  for (unsigned number : dlcc::outputNumbers(tensor))
    result.push_back(&buffers[number]);
  return result;
}

void KernelContext::begin(StringRef suffix, int64_t threadsOfBlock,
                          bool takesRegisters, ArrayRef<TensorMap> copied) {
  threads = threadsOfBlock;
  tensorMaps = llvm::to_vector(copied);
  MLIRContext *context = planned.getContext();
  Location loc = planned.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(context, kGlobalSpace);
  SmallVector<Type> types(planned.getNumArguments() + 1, pointer);
  types.push_back(IntegerType::get(context, 32));
  types.append(copied.size(), LLVM::LLVMPointerType::get(context));
  OpBuilder b = OpBuilder::atBlockEnd(device.getBody());
  auto type =
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), types);
  function = LLVM::LLVMFuncOp::create(
      b, loc, deviceName(planned.getName()) + suffix.str(), type);
  function->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                    b.getUnitAttr());
  function->setAttr(NVVM::NVVMDialect::getReqntidAttrName(),
                    b.getDenseI32ArrayAttr({int32_t(threads)}));
  if (takesRegisters)
    function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                      b.getI32IntegerAttr(1));
  Block *entry = function.addEntryBlock(b);
  b.setInsertionPointToStart(entry);
  code.emplace(b, loc);
  buffers.clear();
  constants.clear();
  for (BlockArgument argument : planned.getArguments()) {
    auto memory = cast<MemRefType>(argument.getType());
    unsigned number = argument.getArgNumber();
    function.setArgAttr(number, LLVM::LLVMDialect::getAlignAttrName(),
                        b.getI64IntegerAttr(alignments[number]));
    buffers.push_back({entry->getArgument(number), memory.getElementType(),
                       llvm::to_vector(memory.getShape()),
                       computeStrides(memory.getShape()), alignments[number]});
  }
  workspace = entry->getArgument(planned.getNumArguments());
  function.setArgAttr(planned.getNumArguments(),
                      LLVM::LLVMDialect::getAlignAttrName(),
                      b.getI64IntegerAttr(256));
  rows = entry->getArgument(planned.getNumArguments() + 1);
  takeMaps();
  placeConstants();
}

/// Maps come by value and are read where they come.
void KernelContext::takeMaps() {
  OpBuilder b(planned.getContext());
  maps.clear();
  auto bytes = LLVM::LLVMArrayType::get(b.getI8Type(), 128);
  for (unsigned i = 0; i < tensorMaps.size(); ++i) {
    unsigned number = planned.getNumArguments() + 2 + i;
    function.setArgAttr(number, LLVM::LLVMDialect::getByValAttrName(),
                        TypeAttr::get(bytes));
    function.setArgAttr(number, LLVM::LLVMDialect::getAlignAttrName(),
                        b.getI64IntegerAttr(64));
    function.setArgAttr(number, NVVM::NVVMDialect::getGridConstantAttrName(),
                        b.getUnitAttr());
    maps.push_back(function.getArgument(number));
  }
}

/// Makes a global of each constant of the planned form that needs memory.
void KernelContext::placeConstants() {
  DeviceBuilder &p = *code;
  for (auto op : planned.getOps<arith::ConstantOp>()) {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    auto elements = dyn_cast<DenseElementsAttr>(op.getValue());
    if (!type || !elements || elements.isSplat() || op->use_empty())
      continue;
    Type element = storageType(type.getElementType());
    if (type.getElementType().isInteger(1))
      elements = elements.mapValues(
          element, [](const APInt &bit) { return bit.zext(8); });
    int64_t count = elements.getNumElements();
    elements = elements.reshape(RankedTensorType::get({count}, element));
    std::string name = function.getName().str() + "$constant" +
                       std::to_string(constants.size());
    OpBuilder b = OpBuilder::atBlockBegin(device.getBody());
    auto global = LLVM::GlobalOp::create(
        b, op.getLoc(), LLVM::LLVMArrayType::get(element, count),
        /*isConstant=*/true, LLVM::Linkage::Internal, name, elements,
        /*alignment=*/64, kGlobalSpace);
    constants[op] = buffers.size();
    buffers.push_back({LLVM::AddressOfOp::create(*p, global),
                       type.getElementType(), llvm::to_vector(type.getShape()),
                       computeStrides(type.getShape()), 64});
  }
}

void KernelContext::end(ArrayRef<int64_t> grid, int64_t dynamicShared) {
  LLVM::ReturnOp::create(**code, ValueRange());
  Launch launch;
  launch.entry = function.getName().str();
  llvm::copy(grid, launch.grid);
  launch.block = threads;
  launch.sharedBytes = dynamicShared;
  launch.maps = tensorMaps;
  launches.push_back(std::move(launch));
}

Value KernelContext::sharedMemory(int64_t bytes) {
  OpBuilder b = OpBuilder::atBlockBegin(device.getBody());
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), bytes);
  std::string name = function.getName().str() + "$shared";
  for (unsigned number = 0; device.lookupSymbol(name); ++number)
    name = function.getName().str() + "$shared" + std::to_string(number);
  auto global = LLVM::GlobalOp::create(
      b, function.getLoc(), type, /*isConstant=*/false, LLVM::Linkage::Internal,
      name, Attribute(), /*alignment=*/16, kSharedSpace);
  return LLVM::AddressOfOp::create(**code, global);
}

Value KernelContext::dynamicSharedMemory() {
  constexpr StringLiteral name = "dlcc$dynamic";
  auto global = device.lookupSymbol<LLVM::GlobalOp>(name);
  if (!global) {
    OpBuilder b = OpBuilder::atBlockBegin(device.getBody());
    global = LLVM::GlobalOp::create(
        b, device.getLoc(), LLVM::LLVMArrayType::get(b.getI8Type(), 0),
        /*isConstant=*/false, LLVM::Linkage::External, name, Attribute(),
        /*alignment=*/1024, kSharedSpace);
  }
  return LLVM::AddressOfOp::create(**code, global);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// Diagnoses buffers with gaps or open shapes, which no plan has.
static LogicalResult verifyPlanned(func::FuncOp planned) {
  for (BlockArgument argument : planned.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type || !type.hasStaticShape() || !type.getLayout().isIdentity())
      return planned.emitOpError("argument #")
             << argument.getArgNumber() << " is not a dense memref";
  }
  return success();
}

namespace {
struct LowerKernelsPass
    : public dlcc::gpu::impl::LowerKernelsPassBase<LowerKernelsPass> {
  /// A module of device functions for each chip, in the order of the levels.
  SmallVector<::mlir::gpu::GPUModuleOp>
  createDeviceModules(ArrayRef<const Chip *> chips) {
    OpBuilder b = OpBuilder::atBlockEnd(getOperation().getBody());
    SmallVector<::mlir::gpu::GPUModuleOp> modules;
    for (const Chip *chip : chips) {
      std::string name = "kernels";
      if (chips.size() > 1)
        name += "." + chip->name.str();
      modules.push_back(
          ::mlir::gpu::GPUModuleOp::create(b, getOperation().getLoc(), name));
    }
    return modules;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<const Chip *> chips = chipsOf(module);
    SmallVector<::mlir::gpu::GPUModuleOp> devices = createDeviceModules(chips);
    BufferAlignment alignment(module);
    for (auto kernel : module.getOps<func::FuncOp>()) {
      if (!kernel->hasAttr(attr::kKernel) || kernel.isExternal())
        continue;
      if (failed(verifyPlanned(kernel)))
        return signalPassFailure();
      SmallVector<SmallVector<Launch>> launches;
      for (auto [chip, device] : llvm::zip_equal(chips, devices)) {
        KernelContext context(kernel, device, *chip, alignment.of(kernel));
        if (failed(isIndexed(kernel)     ? emitIndexed(context)
                   : isPointwise(kernel) ? emitPointwise(context)
                                         : emitContraction(context)))
          return signalPassFailure();
        launches.push_back(std::move(context.launches));
      }
      setLaunches(kernel, launches);
      kernel.getBody().getBlocks().clear();
    }
  }
};
} // namespace
