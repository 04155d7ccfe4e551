//===- Frontend.cpp - from an .onnx file to a module of dlc ops -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/Frontend.h"

#include "frontend/onnx/GraphReader.h"
#include "frontend/onnx/ReadFile.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;
using frontend::Severity;
using mlir::RankedTensorType;

namespace {

/// Builds the module of one file.
class ModelReader {
public:
  ModelReader(mlir::MLIRContext &context, const Options &options,
              const frontend::DiagnosticSink &sink)
      : context(context), options(options), sink(sink) {}

  mlir::OwningOpRef<mlir::ModuleOp> read(const onnx::ModelProto &model,
                                         const std::string &name);

private:
  mlir::func::FuncOp makeFunction(llvm::StringRef name);
  int64_t sizeOf(const onnx::TensorShapeProto::Dimension &dim, bool isFirst,
                 const std::string &input);
  void bindInputs(const onnx::GraphProto &graph, Scope &scope);
  void bindInitialisers(const onnx::GraphProto &graph, Scope &scope,
                        const std::string &folder);
  Value makeWeight(llvm::StringRef name, mlir::DenseElementsAttr elements);
  void checkDims() const;
  void finish(const onnx::GraphProto &graph, const Values &outputs);

  mlir::MLIRContext &context;
  const Options &options;
  const frontend::DiagnosticSink &sink;
  mlir::ModuleOp module;
  mlir::func::FuncOp init, forward;
  std::unique_ptr<Builder> builder;
  std::unique_ptr<mlir::OpBuilder> initBuilder;
  llvm::StringSet<> usedDims;
  bool usedBatch = false, assumedBatch = false;
};

} // namespace

mlir::func::FuncOp ModelReader::makeFunction(llvm::StringRef name) {
  mlir::OpBuilder top = mlir::OpBuilder::atBlockEnd(module.getBody());
  auto function = mlir::func::FuncOp::create(top, module.getLoc(), name,
                                             top.getFunctionType({}, {}));
  function->setAttr(attr::kEntry, top.getStringAttr(name));
  function.addEntryBlock();
  return function;
}

//===----------------------------------------------------------------------===//
// Inputs and weights
//===----------------------------------------------------------------------===//

/// The number of a dimension, which may be named or open.
int64_t ModelReader::sizeOf(const onnx::TensorShapeProto::Dimension &dim,
                            bool isFirst, const std::string &input) {
  if (dim.has_dim_value()) {
    if (dim.dim_value() < 0)
      throw Refusal("input '" + input + "' has a negative dimension");
    return dim.dim_value();
  }
  for (const auto &[name, number] : options.dims)
    if (!dim.dim_param().empty() && name == dim.dim_param()) {
      usedDims.insert(name);
      return number;
    }
  if (isFirst) {
    usedBatch = true;
    assumedBatch |= !options.batch;
    return options.batch.value_or(1);
  }
  if (dim.dim_param().empty())
    throw Refusal("input '" + input + "' has a dimension without a number");
  throw Refusal("dimension '" + dim.dim_param() + "' of input '" + input +
                "' has no number; give it one with --dim " + dim.dim_param() +
                "=N");
}

void ModelReader::bindInputs(const onnx::GraphProto &graph, Scope &scope) {
  for (const onnx::ValueInfoProto &input : graph.input()) {
    // Older files list initialisers as inputs, too.
    if (scope.values.count(input.name()))
      continue;
    const std::string &name = input.name();
    if (!input.type().has_tensor_type())
      throw Refusal("input '" + name +
                    "' is no tensor; sequences, maps and optional values are "
                    "not supported");
    const auto &type = input.type().tensor_type();
    Type element;
    try {
      element = elementType(&context, type.elem_type());
    } catch (const Refusal &refusal) {
      throw Refusal("input '" + name + "': " + refusal.what());
    }
    if (!type.has_shape())
      throw Refusal("input '" + name + "' has no shape");
    Ints shape;
    for (const auto &dim : type.shape().dim())
      shape.push_back(sizeOf(dim, shape.empty(), name));
    mlir::Builder attributes(&context);
    unsigned index = forward.getNumArguments();
    (void)forward.insertArgument(
        index, builder->type(shape, element),
        attributes.getDictionaryAttr(attributes.getNamedAttr(
            attr::kName, attributes.getStringAttr(name))),
        mlir::NameLoc::get(attributes.getStringAttr(name), module.getLoc()));
    if (!scope.values.try_emplace(name, forward.getArgument(index)).second)
      throw Refusal("a second input is called '" + name + "'");
    if (!options.inputValue ||
        Builder::sizeOf(forward.getArgument(index)) > 4096)
      continue;
    if (auto bytes = options.inputValue(name, nameOf(element),
                                        {shape.begin(), shape.end()}))
      builder->learn(forward.getArgument(index),
                     eval::Tensor(elementsOf(
                         RankedTensorType::get(shape, element), *bytes)));
  }
}

/// A variable that `init` fills, and its value in `forward`.
Value ModelReader::makeWeight(llvm::StringRef name,
                              mlir::DenseElementsAttr elements) {
  mlir::OpBuilder top = mlir::OpBuilder::atBlockBegin(module.getBody());
  dlc::VariableOp::create(top, module.getLoc(), dlc::VariableKind::Parameter,
                          name, elements.getType(), /*trainable=*/false);
  auto loc =
      mlir::NameLoc::get(builder->builder.getStringAttr(name), module.getLoc());
  Value constant = dlc::ConstantOp::create(*initBuilder, loc, elements);
  dlc::WriteOp::create(*initBuilder, loc, name, constant);
  return dlc::ReadOp::create(builder->builder, loc, elements.getType(), name);
}

void ModelReader::bindInitialisers(const onnx::GraphProto &graph, Scope &scope,
                                   const std::string &folder) {
  if (graph.sparse_initializer_size())
    throw Refusal("sparse initialisers are not supported");
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    mlir::DenseElementsAttr elements = readTensor(&context, tensor, folder);
    // Numbers of shapes and the like are no weights.
    bool isWeight = mlir::isa<mlir::FloatType>(elements.getElementType()) &&
                    elements.getNumElements() > 1 && !tensor.name().empty() &&
                    !module.lookupSymbol(tensor.name());
    Value value = isWeight ? makeWeight(tensor.name(), elements)
                           : builder->constant(elements);
    if (isWeight && elements.getNumElements() <= 4096)
      builder->learn(value, eval::Tensor(elements));
    if (!scope.values.try_emplace(tensor.name(), value).second)
      throw Refusal("a second initialiser is called '" + tensor.name() + "'");
  }
}

/// A flag that named nothing is a typing error.
void ModelReader::checkDims() const {
  for (const auto &[name, number] : options.dims)
    if (!usedDims.count(name))
      throw Refusal("--dim " + name + ": no input has such a dimension");
  if (options.batch && !usedBatch)
    throw Refusal("--batch: the first dimensions of all inputs have numbers");
  if (assumedBatch)
    sink(Severity::Note, options.path + ": note: no --batch is given; the "
                                        "first dimension of the inputs is 1\n");
}

//===----------------------------------------------------------------------===//
// The end
//===----------------------------------------------------------------------===//

/// Ends both functions and takes away what nothing needs.
void ModelReader::finish(const onnx::GraphProto &graph, const Values &outputs) {
  mlir::func::ReturnOp::create(builder->builder, forward.getLoc(), outputs);
  forward.setFunctionType(builder->builder.getFunctionType(
      forward.getArgumentTypes(), mlir::ValueRange(outputs).getTypes()));
  llvm::StringSet<> names;
  for (const auto &[i, output] : llvm::enumerate(graph.output())) {
    if (!names.insert(output.name()).second)
      throw Refusal("a second output is called '" + output.name() + "'");
    forward.setResultAttr(i, attr::kName,
                          builder->builder.getStringAttr(output.name()));
  }
  mlir::func::ReturnOp::create(*initBuilder, init.getLoc());
  for (mlir::Operation &op :
       llvm::make_early_inc_range(llvm::reverse(forward.getBody().front())))
    if (mlir::isOpTriviallyDead(&op) ||
        (mlir::isa<dlc::ReadOp>(op) && op.use_empty()))
      op.erase();
  llvm::StringSet<> read;
  for (auto op : forward.getBody().front().getOps<dlc::ReadOp>())
    read.insert(op.getVariable());
  for (auto write : llvm::make_early_inc_range(
           init.getBody().front().getOps<dlc::WriteOp>()))
    if (!read.count(write.getVariable())) {
      mlir::Operation *constant = write.getValue().getDefiningOp();
      write.erase();
      constant->erase();
    }
  for (auto variable :
       llvm::make_early_inc_range(module.getOps<dlc::VariableOp>()))
    if (!read.count(variable.getSymName()))
      variable.erase();
  auto refuseEmpty = [](mlir::Type type) {
    auto tensor = mlir::dyn_cast<RankedTensorType>(type);
    if (tensor && tensor.getNumElements() == 0)
      throw Refusal("tensors without elements are not supported, such as one "
                    "of shape " +
                    toString(tensor.getShape()));
  };
  for (mlir::Type type : forward.getArgumentTypes())
    refuseEmpty(type);
  for (mlir::Operation &op : forward.getBody().front())
    for (mlir::Type type : op.getResultTypes())
      refuseEmpty(type);
}

mlir::OwningOpRef<mlir::ModuleOp>
ModelReader::read(const onnx::ModelProto &model, const std::string &name) {
  auto loc = mlir::FileLineColLoc::get(&context, options.path, 0, 0);
  mlir::OwningOpRef<mlir::ModuleOp> owner = mlir::ModuleOp::create(loc, name);
  module = *owner;
  mlir::Builder attributes(&context);
  module->setAttr(attr::kModel, attributes.getStringAttr(name));
  module->setAttr(attr::kBatch, attributes.getI64IntegerAttr(1));
  init = makeFunction("init");
  forward = makeFunction("forward");
  builder = std::make_unique<Builder>(
      mlir::OpBuilder::atBlockEnd(&forward.getBody().front()));
  builder->loc = loc;
  initBuilder = std::make_unique<mlir::OpBuilder>(
      mlir::OpBuilder::atBlockEnd(&init.getBody().front()));
  GraphReader reader(model, options.path, *builder);
  Scope scope;
  bindInitialisers(model.graph(), scope, reader.folder());
  bindInputs(model.graph(), scope);
  checkDims();
  Values outputs = reader.run(model.graph(), scope);
  if (outputs.empty())
    throw Refusal("its graph has no output");
  finish(model.graph(), outputs);
  return owner;
}

/// A prefix of C symbols made of the file's name.
static std::string prefixOf(const Options &options) {
  if (!options.name.empty())
    return options.name;
  std::string name = llvm::sys::path::stem(options.path).str();
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  if (name.empty() || llvm::isDigit(name[0]))
    name.insert(0, "model_");
  return name;
}

std::optional<frontend::ModelModule>
dlcc::onnx_reader::readModel(mlir::MLIRContext &context, const Options &options,
                             const frontend::DiagnosticSink &sink) {
  context.loadDialect<dlc::DLCDialect, mlir::func::FuncDialect>();
  try {
    onnx::ModelProto model = readFile(options.path);
    std::string name = prefixOf(options);
    auto module = ModelReader(context, options, sink).read(model, name);
    if (mlir::failed(mlir::verify(*module)))
      throw Refusal("the compiler made invalid code of it; this is a bug of "
                    "dlcc");
    return frontend::ModelModule{name, false, std::move(module)};
  } catch (const Refusal &refusal) {
    sink(Severity::Error,
         options.path + ": error: " + std::string(refusal.what()) + "\n");
    return std::nullopt;
  }
}
