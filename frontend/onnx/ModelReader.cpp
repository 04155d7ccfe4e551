//===- ModelReader.cpp - a model's graph as entry points ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/ModelReader.h"

#include "frontend/Bounds.h"
#include "frontend/onnx/ReadFile.h"
#include "ir/Target.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/GlobPattern.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;
using mlir::RankedTensorType;

/// Elements of a weight or an input up to which shapes may follow from them.
static constexpr int64_t kMostKnown = 4096;

ModelReader::ModelReader(mlir::MLIRContext &context, const Options &options,
                         const onnx::ModelProto &model, std::string name)
    : context(context), options(options), model(model), name(std::move(name)) {
  if (!options.loss.empty())
    training.emplace(options.loss, options.optimizer);
  readInitialisers();
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// What training averages: the statistics of batch normalisations.
static void findBuffers(const onnx::GraphProto &graph,
                        llvm::StringSet<> &buffers) {
  for (const onnx::NodeProto &node : graph.node()) {
    if (node.op_type() == "BatchNormalization")
      for (int i = 3; i < node.input_size(); ++i)
        buffers.insert(node.input(i));
    for (const onnx::AttributeProto &attribute : node.attribute())
      if (attribute.type() == onnx::AttributeProto::GRAPH)
        findBuffers(attribute.g(), buffers);
  }
}

void ModelReader::readInitialisers() {
  const onnx::GraphProto &graph = model.graph();
  if (graph.sparse_initializer_size())
    throw Refusal("sparse initialisers are not supported");
  findBuffers(graph, buffers);
  std::string folder = GraphReader::folderOf(options.path);
  llvm::StringSet<> names = {"init", "forward", "evaluate", "train_step"};
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    mlir::DenseElementsAttr elements = readTensor(&context, tensor, folder);
    // Scalars, numbers of shapes and the like are no weights.
    bool isWeight = mlir::isa<mlir::FloatType>(elements.getElementType()) &&
                    elements.getType().getRank() > 0 &&
                    elements.getNumElements() > 0 && !tensor.name().empty() &&
                    names.insert(tensor.name()).second;
    weights.push_back({&tensor, elements, isWeight});
  }
}

/// A variable for each weight, which `init` fills.
void ModelReader::makeVariables(mlir::func::FuncOp init) {
  mlir::OpBuilder top = mlir::OpBuilder::atBlockBegin(module.getBody());
  mlir::OpBuilder body = mlir::OpBuilder::atBlockEnd(&init.getBody().front());
  for (const Weight &weight : weights) {
    if (!weight.isVariable)
      continue;
    const std::string &name = weight.tensor->name();
    auto kind = buffers.contains(name) ? dlc::VariableKind::Buffer
                                       : dlc::VariableKind::Parameter;
    dlc::VariableOp::create(top, module.getLoc(), kind, name,
                            weight.elements.getType(), /*trainable=*/false);
    auto loc = mlir::NameLoc::get(top.getStringAttr(name), module.getLoc());
    Value constant = dlc::ConstantOp::create(body, loc, weight.elements);
    dlc::WriteOp::create(body, loc, name, constant);
  }
  mlir::func::ReturnOp::create(body, init.getLoc());
}

void ModelReader::bindInitialisers(Entry &entry) {
  Builder &b = *entry.builder;
  for (const Weight &weight : weights) {
    const std::string &name = weight.tensor->name();
    Value value;
    if (weight.isVariable) {
      auto loc =
          mlir::NameLoc::get(b.builder.getStringAttr(name), module.getLoc());
      value =
          dlc::ReadOp::create(b.builder, loc, weight.elements.getType(), name);
      if (weight.elements.getNumElements() <= kMostKnown)
        b.learn(value, eval::Tensor(weight.elements));
    } else {
      value = b.constant(weight.elements);
    }
    if (!entry.scope.values.try_emplace(name, value).second)
      throw Refusal("a second initialiser is called '" + name + "'");
  }
}

//===----------------------------------------------------------------------===//
// Inputs
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
    openNames.insert(dim.dim_param());
    return rows;
  }
  if (dim.dim_param().empty())
    throw Refusal("input '" + input + "' has a dimension without a number");
  throw Refusal("dimension '" + dim.dim_param() + "' of input '" + input +
                "' has no number; give it one with --dim " + dim.dim_param() +
                "=N");
}

/// Adds an argument of that name to an entry.
static Value addInput(Builder &b, mlir::func::FuncOp function,
                      llvm::StringRef name, ArrayRef<int64_t> shape,
                      Type element) {
  unsigned index = function.getNumArguments();
  mlir::StringAttr text = b.builder.getStringAttr(name);
  (void)function.insertArgument(
      index, b.type(shape, element),
      b.builder.getDictionaryAttr(b.builder.getNamedAttr(attr::kName, text)),
      mlir::NameLoc::get(text, function.getLoc()));
  return function.getArgument(index);
}

void ModelReader::bindInputs(Entry &entry) {
  firstDims.clear();
  for (const onnx::ValueInfoProto &input : model.graph().input()) {
    // Older files list initialisers as inputs, too.
    if (entry.scope.values.count(input.name()))
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
    if (!shape.empty())
      firstDims.push_back(shape.front());
    Value value =
        addInput(*entry.builder, entry.function, name, shape, element);
    if (!entry.scope.values.try_emplace(name, value).second)
      throw Refusal("a second input is called '" + name + "'");
    if (Builder::sizeOf(value) == 0)
      entry.builder->learn(value, eval::Tensor(Builder::typeOf(value)));
    if (!options.inputValue || Builder::sizeOf(value) == 0 ||
        Builder::sizeOf(value) > kMostKnown)
      continue;
    if (auto bytes = options.inputValue(name, nameOf(element),
                                        {shape.begin(), shape.end()}))
      entry.builder->learn(
          value, eval::Tensor(elementsOf(RankedTensorType::get(shape, element),
                                         *bytes)));
  }
}

/// A flag that named nothing is a typing error.
void ModelReader::checkDims() const {
  for (const auto &[name, number] : options.dims)
    if (!usedDims.count(name))
      throw Refusal("--dim " + name + ": no input has such a dimension");
  if (options.batch && !hasOpenRows())
    throw Refusal("--batch: the first dimensions of all inputs have numbers");
}

std::string ModelReader::whyNotRows() const {
  if (openNames.empty())
    return "the first dimensions of all inputs have numbers";
  if (openNames.size() == 1)
    return "";
  std::vector<std::string> names;
  for (const auto &entry : openNames)
    names.push_back("'" + entry.getKey().str() + "'");
  llvm::sort(names);
  return "the first dimensions of its inputs are different ones, " +
         llvm::join(names, " and ");
}

int64_t ModelReader::firstDimension() const {
  return !firstDims.empty() && llvm::all_equal(firstDims)
             ? std::max<int64_t>(firstDims.front(), 1)
             : 1;
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

mlir::func::FuncOp ModelReader::makeFunction(llvm::StringRef name,
                                             llvm::StringRef entry) {
  mlir::OpBuilder top = mlir::OpBuilder::atBlockEnd(module.getBody());
  auto function = mlir::func::FuncOp::create(top, module.getLoc(), name,
                                             top.getFunctionType({}, {}));
  function->setAttr(attr::kEntry, top.getStringAttr(entry));
  function.addEntryBlock();
  return function;
}

/// Reads the graph into a new function.
ModelReader::Entry ModelReader::begin(llvm::StringRef name,
                                      llvm::StringRef kind, Mode mode) {
  Entry entry;
  entry.function = makeFunction(name, kind);
  entry.builder = std::make_unique<Builder>(
      mlir::OpBuilder::atBlockEnd(&entry.function.getBody().front()));
  entry.builder->loc = module.getLoc();
  entry.builder->mode = mode;
  bindInitialisers(entry);
  bindInputs(entry);
  checkDims();
  entry.builder->rows = hasOpenRows() ? rows : 0;
  entry.reader =
      std::make_unique<GraphReader>(model, options.path, *entry.builder);
  entry.outputs = entry.reader->run(model.graph(), entry.scope);
  if (entry.outputs.empty())
    throw Refusal("its graph has no output");
  if (entry.outputs.size() > frontend::kMostOutputs)
    throw Refusal("a model has at most " + llvm::Twine(frontend::kMostOutputs) +
                  " outputs, not " + llvm::Twine(entry.outputs.size()));
  return entry;
}

/// Ends a function and takes away what nothing needs.
void ModelReader::end(Entry &entry, const Values &results,
                      ArrayRef<std::string> names) const {
  Builder &b = *entry.builder;
  mlir::func::FuncOp function = entry.function;
  b.writeStores();
  mlir::func::ReturnOp::create(b.builder, function.getLoc(), results);
  b.replaceNumbers(function.getBody().front());
  b.replaceWhatIsMadeOfNothing(function.getBody().front());
  function.setFunctionType(b.builder.getFunctionType(
      function.getArgumentTypes(), mlir::ValueRange(results).getTypes()));
  // All at once: each call makes and keeps an array of all results.
  llvm::SmallVector<mlir::Attribute> attributes;
  for (const std::string &name : names)
    attributes.push_back(b.builder.getDictionaryAttr(
        b.builder.getNamedAttr(attr::kName, b.builder.getStringAttr(name))));
  if (!attributes.empty())
    function.setResAttrsAttr(b.builder.getArrayAttr(attributes));
  mlir::Block &block = function.getBody().front();
  for (mlir::Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (mlir::isOpTriviallyDead(&op) ||
        (mlir::isa<dlc::ReadOp>(op) && op.use_empty()))
      op.erase();
  auto refuseEmpty = [](mlir::Type type) {
    auto tensor = mlir::dyn_cast<RankedTensorType>(type);
    if (tensor && tensor.getNumElements() == 0)
      throw Refusal("tensors without elements that a call computes are not "
                    "supported, such as one "
                    "of shape " +
                    toString(tensor.getShape()));
  };
  for (mlir::Operation &op : block)
    if (!mlir::isa<dlc::ConstantOp>(op))
      for (mlir::Type type : op.getResultTypes())
        refuseEmpty(type);
}

void ModelReader::makeForward() {
  Entry entry =
      begin("forward", "forward", training ? Mode::Inference : Mode::AsWritten);
  std::vector<std::string> names;
  for (const onnx::ValueInfoProto &output : model.graph().output()) {
    if (llvm::is_contained(names, output.name()))
      throw Refusal("a second output is called '" + output.name() + "'");
    names.push_back(output.name());
  }
  end(entry, entry.outputs, names);
}

/// Whether a pattern of --trainable matches; all do where there is none.
static std::vector<std::string>
chooseTrained(const std::vector<std::string> &patterns,
              ArrayRef<std::string> parameters) {
  if (patterns.empty())
    return parameters.vec();
  llvm::StringSet<> chosen;
  for (const std::string &text : patterns) {
    llvm::Expected<llvm::GlobPattern> pattern = llvm::GlobPattern::create(text);
    if (!pattern)
      throw Refusal("--trainable=" + text + ": " +
                    llvm::toString(pattern.takeError()));
    bool isFound = false;
    for (const std::string &parameter : parameters)
      if (pattern->match(parameter)) {
        isFound = true;
        chosen.insert(parameter);
      }
    if (!isFound)
      throw Refusal("--trainable=" + text +
                    ": no parameter that the loss depends on matches; these "
                    "are " +
                    llvm::join(parameters.take_front(8), ", ") +
                    (parameters.size() > 8 ? ", …" : ""));
  }
  std::vector<std::string> result;
  for (const std::string &parameter : parameters)
    if (chosen.contains(parameter))
      result.push_back(parameter);
  return result;
}

void ModelReader::makeStep(bool isTraining) {
  Entry entry = begin(isTraining ? "train_step" : "evaluate",
                      isTraining ? "train" : "evaluate",
                      isTraining ? Mode::Training : Mode::Inference);
  Builder &b = *entry.builder;
  b.loc = mlir::NameLoc::get(b.builder.getStringAttr("loss"), module.getLoc());
  auto makeInput = [&](llvm::StringRef name, ArrayRef<int64_t> shape,
                       Type element) {
    for (const onnx::ValueInfoProto &input : model.graph().input())
      if (input.name() == name)
        throw Refusal("--loss adds an input '" + name +
                      "', and the model has one of that name");
    return addInput(b, entry.function, name, shape, element);
  };
  Training::Measures measures =
      training->measure(b, model.graph(), entry.scope, makeInput);
  Values results;
  std::vector<std::string> names;
  for (const auto &[name, value] : measures) {
    results.push_back(b.cast(value, b.f32()));
    names.push_back(name);
  }
  end(entry, results, names);
  if (!isTraining)
    return;
  // Of the parameters, those are left that the loss depends on.
  mlir::Block &block = entry.function.getBody().front();
  std::vector<std::string> parameters;
  for (auto read : block.getOps<dlc::ReadOp>()) {
    auto variable = module.lookupSymbol<dlc::VariableOp>(read.getVariable());
    if (variable.getKind() == dlc::VariableKind::Parameter)
      parameters.push_back(read.getVariable().str());
  }
  if (parameters.empty())
    throw Refusal("--loss: it depends on no weight that could be trained");
  parameters = chooseTrained(options.trainable, parameters);
  for (const std::string &parameter : parameters)
    module.lookupSymbol<dlc::VariableOp>(parameter).setTrainable(true);
  auto writes = block.getOps<dlc::WriteOp>();
  b.builder.setInsertionPoint(writes.empty()
                                  ? block.getTerminator()
                                  : (*writes.begin()).getOperation());
  b.loc =
      mlir::NameLoc::get(b.builder.getStringAttr("optimizer"), module.getLoc());
  const Optimizer &optimizer = training->getOptimizer();
  optimizer.minimize(b, measures.front().second, parameters);
  module->setAttr(attr::kLearningRate,
                  b.builder.getF64FloatAttr(optimizer.learningRate()));
}

/// Takes away the variables that no entry reads.
void ModelReader::removeUnread(mlir::func::FuncOp init) {
  llvm::StringSet<> read;
  module.walk([&](dlc::ReadOp op) { read.insert(op.getVariable()); });
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
}

mlir::OwningOpRef<mlir::ModuleOp> ModelReader::read(int64_t number) {
  rows = number;
  auto loc = mlir::FileLineColLoc::get(&context, options.path, 0, 0);
  mlir::OwningOpRef<mlir::ModuleOp> owner = mlir::ModuleOp::create(loc, name);
  module = *owner;
  mlir::Builder attributes(&context);
  module->setAttr(attr::kModel, attributes.getStringAttr(name));
  mlir::func::FuncOp init = makeFunction("init", "init");
  makeVariables(init);
  makeForward();
  if (training && options.training) {
    makeStep(/*isTraining=*/false);
    makeStep(/*isTraining=*/true);
  }
  removeUnread(init);
  module->setAttr(attr::kBatch, attributes.getI64IntegerAttr(
                                    hasOpenRows() ? rows : firstDimension()));
  return owner;
}
