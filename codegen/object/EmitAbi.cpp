//===- EmitAbi.cpp - descriptor and public functions of an object ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The public functions only forward to the runtime, with the model's constant
// descriptor where one is made and the number of the entry where one is run.
//
//===----------------------------------------------------------------------===//

#include "codegen/object/EmitAbi.h"

#include "codegen/object/Passes.h"
#include "dlcc/abi.h"
#include "llvm/IR/IRBuilder.h"

#include <cstddef>

using namespace llvm;

namespace dlcc {

// What AbiTypes spells out below; a change of abi.h has to be made there too.
static_assert(sizeof(dlcc_tensor) == 40 && offsetof(dlcc_tensor, dims) == 16);
static_assert(sizeof(dlcc_variable) == 64 &&
              offsetof(dlcc_variable, offset) == 48);
static_assert(sizeof(dlcc_reader_call) == 16 && sizeof(dlcc_feed) == 24);
static_assert(sizeof(dlcc_entry) == 72 && offsetof(dlcc_entry, inputs) == 32 &&
              offsetof(dlcc_entry, spill_offset) == 56);
static_assert(sizeof(dlcc_level_kernel) == 16 && sizeof(dlcc_level) == 24);
static_assert(sizeof(dlcc_tensor_map) == 56 &&
              offsetof(dlcc_tensor_map, offset) == 16);
static_assert(sizeof(dlcc_launch) == 40 && sizeof(dlcc_device_kernel) == 16);
static_assert(sizeof(dlcc_device) == 48 && offsetof(dlcc_device, ptx) == 16);
static_assert(sizeof(dlcc_model) == 144 &&
              offsetof(dlcc_model, weight_bytes) == 56 &&
              offsetof(dlcc_model, variables) == 104 &&
              offsetof(dlcc_model, devices) == 136);

AbiTypes::AbiTypes(LLVMContext &context) {
  Type *i32 = Type::getInt32Ty(context), *i64 = Type::getInt64Ty(context);
  Type *f32 = Type::getFloatTy(context);
  Type *ptr = PointerType::getUnqual(context);
  tensor = StructType::create(context, {ptr, i32, i32, ptr, i64, i64},
                              "dlcc_tensor");
  variable = StructType::create(context, {tensor, i32, i32, i64, i64},
                                "dlcc_variable");
  readerCall = StructType::create(context, {i32, i32, ptr}, "dlcc_reader_call");
  feed = StructType::create(context, {ptr, i64, ptr}, "dlcc_feed");
  entry = StructType::create(
      context, {ptr, ptr, i32, i32, i32, i32, ptr, ptr, ptr, i64, ptr},
      "dlcc_entry");
  levelKernel = StructType::create(context, {ptr, i64}, "dlcc_level_kernel");
  level = StructType::create(context, {ptr, ptr, ptr}, "dlcc_level");
  model = StructType::create(context, {i64, i32, i32, ptr, i64, ptr, i64,
                                       i64, i64, i64, i64, i64, i64, i32,
                                       i32, ptr, ptr, i32, f32, i64, ptr},
                             "dlcc_model");
  tensorMap =
      StructType::create(context, {i32, i32, i32, i32, i64, i64, i64, i64, i64},
                         "dlcc_tensor_map");
  launch = StructType::create(context,
                              {ptr, ArrayType::get(i32, 3), i32, i32, i32, ptr},
                              "dlcc_launch");
  deviceKernel =
      StructType::create(context, {i32, i32, ptr}, "dlcc_device_kernel");
  device = StructType::create(context, {ptr, i32, i32, ptr, ptr, i64, ptr},
                              "dlcc_device");
}

namespace {

class AbiEmitter {
public:
  AbiEmitter(Module &module, const ModelDescription &model)
      : module(module), model(model), context(module.getContext()),
        types(context), i32(Type::getInt32Ty(context)),
        i64(Type::getInt64Ty(context)), f32(Type::getFloatTy(context)),
        none(Type::getVoidTy(context)), ptr(PointerType::getUnqual(context)) {}

  void emitModel(ArrayRef<KernelTable> kernelTables,
                 ArrayRef<DeviceDescription> devices);
  void emitFunctions();

private:
  Constant *number(Type *type, int64_t value) {
    return ConstantInt::get(type, value, /*IsSigned=*/true);
  }
  Constant *string(StringRef text);
  Constant *table(Type *type, ArrayRef<Constant *> elements);
  Constant *dims(ArrayRef<int64_t> dims);
  Constant *tensor(const TensorDescription &tensor);
  Constant *tensors(ArrayRef<TensorDescription> list);
  Constant *variable(const VariableDescription &variable);
  Constant *readerCall(const ReaderCallDescription &call);
  Constant *feed(const FeedDescription &feed);
  Constant *feeds(ArrayRef<FeedDescription> list);
  Constant *entry(const EntryDescription &entry);
  Constant *kernelTable(const KernelTable &table);
  Constant *null() { return ConstantPointerNull::get(cast<PointerType>(ptr)); }
  Constant *image(StringRef bytes);
  Constant *tensorMap(const TensorMapDescription &map);
  Constant *launch(const LaunchDescription &launch);
  Constant *deviceKernel(const DeviceKernelDescription &kernel);
  Constant *device(const DeviceDescription &device);
  Constant *devices(ArrayRef<DeviceDescription> list);
  Constant *levels(ArrayRef<KernelTable> kernelTables);

  /// Starts NAME_<suffix>; the builder stands in its entry block.
  Function *begin(StringRef suffix, Type *result, ArrayRef<Type *> parameters);
  /// NAME_<suffix>(args…) is dlcc_<suffix>(args…).
  void forward(StringRef suffix, Type *result, ArrayRef<Type *> parameters);
  void finish(Value *result);
  void emitCreate();
  void emitRun(const EntryDescription &entry, int32_t index);

  Module &module;
  const ModelDescription &model;
  LLVMContext &context;
  AbiTypes types;
  Type *i32, *i64, *f32, *none, *ptr;
  GlobalVariable *descriptor = nullptr;
  IRBuilder<> builder{module.getContext()};
};

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Constant *AbiEmitter::string(StringRef text) {
  Constant *data = ConstantDataArray::getString(context, text);
  auto *global =
      new GlobalVariable(module, data->getType(), /*isConstant=*/true,
                         GlobalValue::PrivateLinkage, data, "text");
  global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  global->setAlignment(Align(1));
  return global;
}

Constant *AbiEmitter::table(Type *type, ArrayRef<Constant *> elements) {
  if (elements.empty())
    return null();
  Constant *data =
      ConstantArray::get(ArrayType::get(type, elements.size()), elements);
  auto *global =
      new GlobalVariable(module, data->getType(), /*isConstant=*/true,
                         GlobalValue::PrivateLinkage, data, "table");
  global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  return global;
}

Constant *AbiEmitter::dims(ArrayRef<int64_t> dims) {
  SmallVector<Constant *> numbers;
  for (int64_t dim : dims)
    numbers.push_back(number(i64, dim));
  return table(i64, numbers);
}

Constant *AbiEmitter::tensor(const TensorDescription &tensor) {
  return ConstantStruct::get(
      types.tensor,
      {string(tensor.name), number(i32, tensor.type),
       number(i32, tensor.dims.size()), dims(tensor.dims),
       number(i64, tensor.rowElements), number(i64, tensor.bound)});
}

Constant *AbiEmitter::tensors(ArrayRef<TensorDescription> list) {
  SmallVector<Constant *> elements;
  for (const TensorDescription &element : list)
    elements.push_back(tensor(element));
  return table(types.tensor, elements);
}

Constant *AbiEmitter::variable(const VariableDescription &variable) {
  return ConstantStruct::get(types.variable, {tensor(variable.tensor),
                                              number(i32, variable.kind),
                                              number(i32, variable.trainable),
                                              number(i64, variable.offset),
                                              number(i64, variable.bytes)});
}

Constant *AbiEmitter::readerCall(const ReaderCallDescription &call) {
  Type *f64 = Type::getDoubleTy(context);
  SmallVector<Constant *> numbers;
  for (double value : call.numbers)
    numbers.push_back(ConstantFP::get(f64, value));
  return ConstantStruct::get(types.readerCall, {number(i32, call.function),
                                                number(i32, numbers.size()),
                                                table(f64, numbers)});
}

Constant *AbiEmitter::feed(const FeedDescription &feed) {
  SmallVector<Constant *> calls;
  for (const ReaderCallDescription &call : feed.calls)
    calls.push_back(readerCall(call));
  Constant *field = feed.field.empty() ? null() : string(feed.field);
  return ConstantStruct::get(types.feed, {field, number(i64, calls.size()),
                                          table(types.readerCall, calls)});
}

Constant *AbiEmitter::feeds(ArrayRef<FeedDescription> list) {
  SmallVector<Constant *> elements;
  for (const FeedDescription &element : list)
    elements.push_back(feed(element));
  return table(types.feed, elements);
}

Constant *AbiEmitter::entry(const EntryDescription &entry) {
  Function *body = module.getFunction(bodySymbol(model.name, entry.name));
  assert(body && "LowerEntries made a body for each entry");
  return ConstantStruct::get(
      types.entry,
      {string(entry.name), string(entry.block), number(i32, entry.kind),
       number(i32, entry.allRows), number(i32, entry.inputs.size()),
       number(i32, entry.outputs.size()), tensors(entry.inputs),
       tensors(entry.outputs), body, number(i64, entry.spillOffset),
       feeds(entry.feeds)});
}

Constant *AbiEmitter::kernelTable(const KernelTable &table) {
  SmallVector<Constant *> kernels;
  for (const auto &[symbol, tasks] : table.kernels) {
    Function *function = module.getFunction(symbol);
    assert(function && "a kernel keeps its name");
    kernels.push_back(
        ConstantStruct::get(types.levelKernel, {function, number(i64, tasks)}));
  }
  auto *type = ArrayType::get(types.levelKernel, kernels.size());
  GlobalVariable *declared =
      module.getGlobalVariable(table.symbol, /*AllowInternal=*/true);
  assert(declared && "LowerEntries declares the table");
  auto *defined = new GlobalVariable(module, type, /*isConstant=*/true,
                                     GlobalValue::InternalLinkage,
                                     ConstantArray::get(type, kernels));
  defined->takeName(declared);
  declared->eraseFromParent();
  return defined;
}

/// Code for a GPU, as the driver takes it: a text needs the zero at its end,
/// machine code the alignment.
Constant *AbiEmitter::image(StringRef bytes) {
  if (bytes.empty())
    return null();
  auto *global = cast<GlobalVariable>(string(bytes));
  global->setName("image");
  global->setAlignment(Align(64));
  return global;
}

Constant *AbiEmitter::tensorMap(const TensorMapDescription &map) {
  return ConstantStruct::get(
      types.tensorMap,
      {number(i32, map.buffer), number(i32, map.elements),
       number(i32, map.boxColumns), number(i32, map.boxRows),
       number(i64, map.offset), number(i64, map.columns), number(i64, map.rows),
       number(i64, map.rowBytes), number(i64, map.rowsOfRow)});
}

Constant *AbiEmitter::launch(const LaunchDescription &launch) {
  SmallVector<Constant *> grid;
  for (int64_t blocks : launch.grid)
    grid.push_back(number(i32, blocks));
  SmallVector<Constant *> maps;
  for (const TensorMapDescription &map : launch.maps)
    maps.push_back(tensorMap(map));
  return ConstantStruct::get(
      types.launch, {string(launch.function),
                     ConstantArray::get(ArrayType::get(i32, 3), grid),
                     number(i32, launch.block), number(i32, launch.sharedBytes),
                     number(i32, maps.size()), table(types.tensorMap, maps)});
}

Constant *AbiEmitter::deviceKernel(const DeviceKernelDescription &kernel) {
  SmallVector<Constant *> launches;
  for (const LaunchDescription &each : kernel.launches)
    launches.push_back(launch(each));
  return ConstantStruct::get(types.deviceKernel,
                             {number(i32, kernel.numBuffers),
                              number(i32, launches.size()),
                              table(types.launch, launches)});
}

Constant *AbiEmitter::device(const DeviceDescription &device) {
  SmallVector<Constant *> kernels;
  for (const DeviceKernelDescription &kernel : device.kernels)
    kernels.push_back(deviceKernel(kernel));
  return ConstantStruct::get(
      types.device,
      {string(device.chip), number(i32, device.capability),
       number(i32, device.exact), image(device.ptx), image(device.cubin),
       number(i64, kernels.size()), table(types.deviceKernel, kernels)});
}

Constant *AbiEmitter::devices(ArrayRef<DeviceDescription> list) {
  SmallVector<Constant *> elements;
  for (const DeviceDescription &element : list)
    elements.push_back(device(element));
  return table(types.device, elements);
}

Constant *AbiEmitter::levels(ArrayRef<KernelTable> kernelTables) {
  SmallVector<Constant *> levels;
  for (auto [i, level] : enumerate(model.levels))
    levels.push_back(ConstantStruct::get(
        types.level,
        {string(level.cpu), string(level.features),
         kernelTables.empty() ? null() : kernelTable(kernelTables[i])}));
  return table(types.level, levels);
}

void AbiEmitter::emitModel(ArrayRef<KernelTable> kernelTables,
                           ArrayRef<DeviceDescription> deviceList) {
  assert((deviceList.empty() ? kernelTables.size() : deviceList.size()) ==
             model.levels.size() &&
         "a level without kernels");
  SmallVector<Constant *> variables, entries;
  for (const VariableDescription &element : model.variables)
    variables.push_back(variable(element));
  for (const EntryDescription &element : model.entries)
    entries.push_back(entry(element));
  Constant *data = ConstantStruct::get(
      types.model, {number(i64, sizeof(dlcc_model)),
                    number(i32, DLCC_ABI_VERSION),
                    number(i32, model.threads),
                    string(model.name),
                    number(i64, model.hash),
                    levels(kernelTables),
                    number(i64, model.levels.size()),
                    number(i64, model.batch),
                    number(i64, model.weightBytes),
                    number(i64, model.optimizerBytes),
                    number(i64, model.stateBytes),
                    number(i64, model.arenaBytes),
                    number(i64, model.scratchBytes),
                    number(i32, variables.size()),
                    number(i32, entries.size()),
                    table(types.variable, variables),
                    table(types.entry, entries),
                    number(i32, model.needsStepsPerEpoch),
                    ConstantFP::get(f32, model.learningRate),
                    number(i64, model.epochs),
                    devices(deviceList)});
  descriptor = new GlobalVariable(module, types.model, /*isConstant=*/true,
                                  GlobalValue::InternalLinkage, data,
                                  model.name + "_model");
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

Function *AbiEmitter::begin(StringRef suffix, Type *result,
                            ArrayRef<Type *> parameters) {
  auto *function = Function::Create(
      FunctionType::get(result, parameters, false),
      GlobalValue::ExternalLinkage, model.name + "_" + suffix, module);
  builder.SetInsertPoint(BasicBlock::Create(context, "", function));
  return function;
}

void AbiEmitter::finish(Value *result) {
  if (result->getType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(result);
}

void AbiEmitter::forward(StringRef suffix, Type *result,
                         ArrayRef<Type *> parameters) {
  Function *function = begin(suffix, result, parameters);
  FunctionCallee callee = module.getOrInsertFunction(
      ("dlcc_" + suffix).str(), function->getFunctionType());
  SmallVector<Value *> args;
  for (Argument &argument : function->args())
    args.push_back(&argument);
  finish(builder.CreateCall(callee, args));
}

void AbiEmitter::emitCreate() {
  Function *function = begin("create", ptr, {ptr});
  FunctionCallee create =
      module.getOrInsertFunction("dlcc_create", ptr, ptr, ptr);
  finish(builder.CreateCall(create, {descriptor, function->getArg(0)}));
}

/// Gathers the arguments into one array. A metrics struct is floats in the
/// order of the entry's outputs; a null one leaves them all out.
void AbiEmitter::emitRun(const EntryDescription &entry, int32_t index) {
  bool hasMetrics = entry.kind != DLCC_ENTRY_FORWARD;
  size_t numArgs = entry.inputs.size() + entry.outputs.size();
  SmallVector<Type *> parameters = {ptr, i64};
  parameters.append(
      entry.inputs.size() + (hasMetrics ? 1 : entry.outputs.size()), ptr);
  Function *function = begin(entry.name, i32, parameters);
  auto *argsType = ArrayType::get(ptr, numArgs);
  Value *args = builder.CreateAlloca(argsType);
  auto store = [&](size_t place, Value *value) {
    builder.CreateStore(
        value, builder.CreateConstInBoundsGEP2_64(argsType, args, 0, place));
  };
  unsigned numDirect = parameters.size() - 2 - (hasMetrics ? 1 : 0);
  for (unsigned i = 0; i != numDirect; ++i)
    store(i, function->getArg(2 + i));
  if (hasMetrics) {
    Value *metrics = function->getArg(2 + numDirect);
    Value *isNull = builder.CreateIsNull(metrics);
    for (size_t i = 0; i != entry.outputs.size(); ++i)
      store(numDirect + i,
            builder.CreateSelect(isNull, null(),
                                 builder.CreateConstGEP1_64(f32, metrics, i)));
  }
  FunctionCallee run =
      module.getOrInsertFunction("dlcc_run", i32, ptr, i32, i64, ptr);
  finish(builder.CreateCall(run, {function->getArg(0), number(i32, index),
                                  function->getArg(1), args}));
}

void AbiEmitter::emitFunctions() {
  emitCreate();
  forward("create_shared", ptr, {ptr, ptr});
  forward("destroy", none, {ptr});
  forward("init", i32, {ptr, i64});
  for (StringRef file : {"load", "save", "load_checkpoint", "save_checkpoint"})
    forward(file, i32, {ptr, ptr});
  forward("get_parameter", i32, {ptr, ptr, ptr, i64});
  forward("set_parameter", i32, {ptr, ptr, ptr, i64});
  forward("set_learning_rate_scale", i32, {ptr, f32});
  forward("reset_state", none, {ptr});
  if (model.takesSequences()) {
    forward("token_count", i64, {ptr});
    forward("token", ptr, {ptr, i64});
    forward("token_index", i64, {ptr, ptr});
  }
  begin("describe", ptr, {});
  builder.CreateRet(descriptor);
  for (auto [index, entry] : enumerate(model.entries))
    if (entry.kind != DLCC_ENTRY_INIT && entry.kind != DLCC_ENTRY_REPORT)
      emitRun(entry, index);
}

} // namespace

void emitAbi(Module &module, const ModelDescription &model,
             ArrayRef<KernelTable> kernelTables,
             ArrayRef<DeviceDescription> devices) {
  for (Function &function : module)
    if (!function.isDeclaration())
      function.setLinkage(GlobalValue::InternalLinkage);
  AbiEmitter emitter(module, model);
  emitter.emitModel(kernelTables, devices);
  emitter.emitFunctions();
}

void emitTrainingMain(Module &module, const ModelDescription &model) {
  LLVMContext &context = module.getContext();
  Type *i32 = Type::getInt32Ty(context);
  Type *ptr = PointerType::getUnqual(context);
  auto *main = Function::Create(FunctionType::get(i32, {i32, ptr}, false),
                                GlobalValue::ExternalLinkage, "main", module);
  IRBuilder<> builder(BasicBlock::Create(context, "", main));
  FunctionCallee describe =
      module.getOrInsertFunction(model.name + "_describe", ptr);
  FunctionCallee train =
      module.getOrInsertFunction("dlcc_train_main", i32, ptr, i32, ptr);
  builder.CreateRet(builder.CreateCall(
      train, {builder.CreateCall(describe), main->getArg(0), main->getArg(1)}));
}

} // namespace dlcc
