//===- Export.cpp - from a module of dlc ops to an .onnx file -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/writer/Export.h"

#include "frontend/onnx/writer/OpWriter.h"
#include "frontend/onnx/writer/Refusal.h"
#include "ir/ShapeFunctions.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

#include <climits>

using namespace dlcc;
using namespace dlcc::onnx_writer;
using llvm::ArrayRef;
using llvm::StringRef;
using mlir::RankedTensorType;

/// Of the operators, which ONNX Runtime reads since 1.14; and of the file.
static constexpr int64_t kOperatorSet = 18, kFileVersion = 8;

namespace {

/// Writes one function.
class Exporter {
public:
  Exporter(mlir::ModuleOp module, mlir::func::FuncOp function,
           const Options &options);
  std::string run();

  /// Where a Refusal came from.
  mlir::Location place() const { return writer.at->getLoc(); }

private:
  void takeNames();
  void takeName(StringRef name, const char *what);
  void writeInputs();
  void writeRows(const std::string &input, const Shape &shape);
  Tensor read(dlc::ReadOp op);
  void writeOutputs(ArrayRef<std::pair<std::string, mlir::Value>> all);
  void nameOutputs();
  void fillWeights();
  void describe(onnx::ValueInfoProto &info, const std::string &name,
                RankedTensorType type) const;

  mlir::ModuleOp module;
  mlir::func::FuncOp function;
  const Options &options;
  onnx::ModelProto model;
  onnx::GraphProto &graph;
  GraphBuilder b;
  OpWriter writer;
  llvm::StringSet<> written; ///< variables that the forward pass changes
  int64_t weightBytes = 0;
  llvm::StringMap<int64_t> weights; ///< bytes of each
};

} // namespace

static bool hasRows(mlir::Type type) {
  for (const Dim &dim : getDims(llvm::cast<RankedTensorType>(type)))
    if (getRowMultiple(dim, /*batch=*/1))
      return true;
  return false;
}

/// The largest number of rows of a call; 0 where its inputs have none that
/// could be counted.
static int64_t batchOf(mlir::ModuleOp module, mlir::func::FuncOp function) {
  auto batch = module->getAttrOfType<mlir::IntegerAttr>(attr::kBatch);
  bool takesRows = llvm::any_of(function.getArgumentTypes(), hasRows);
  return batch && takesRows ? batch.getInt() : 0;
}

Exporter::Exporter(mlir::ModuleOp module, mlir::func::FuncOp function,
                   const Options &options)
    : module(module), function(function), options(options),
      graph(*model.mutable_graph()), b(graph, batchOf(module, function)),
      writer(b) {
  writer.read = [this](dlc::ReadOp op) { return read(op); };
}

static std::string nameOf(mlir::DictionaryAttr attributes, StringRef what) {
  auto name = attributes ? attributes.getAs<mlir::StringAttr>(attr::kName)
                         : mlir::StringAttr();
  return name ? name.str() : what.str();
}

static std::string nextName(StringRef state) { return (state + "_next").str(); }

void Exporter::takeName(StringRef name, const char *what) {
  if (!b.take(name))
    throw Refusal("two values of the file would be called '" + name + "': a " +
                  what + " is one of them, and ONNX wants every name once");
}

/// The model's own names come first, so that no node gets one of them.
void Exporter::takeNames() {
  for (unsigned i = 0; i != function.getNumArguments(); ++i)
    takeName(nameOf(function.getArgAttrDict(i), "input"), "model's input");
  for (unsigned i = 0; i != function.getNumResults(); ++i)
    takeName(nameOf(function.getResultAttrDict(i), "output"), "model's output");
  for (mlir::Operation &op : function.getBody().front()) {
    writer.at = &op;
    if (auto read = llvm::dyn_cast<dlc::ReadOp>(op);
        read && !read.getVariable().starts_with("$"))
      takeName(read.getVariable(), "parameter");
    if (auto write = llvm::dyn_cast<dlc::WriteOp>(op)) {
      takeName(nextName(write.getVariable()), "state");
      written.insert(write.getVariable());
    }
  }
  writer.at = function;
}

void Exporter::describe(onnx::ValueInfoProto &info, const std::string &name,
                        RankedTensorType type) const {
  info.set_name(name);
  auto &tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(dataTypeOf(type.getElementType()));
  auto &dims = *tensor.mutable_shape();
  for (const Extent &extent : b.shapeOf(type)) {
    auto &dim = *dims.add_dim();
    if (!extent.rows)
      dim.set_dim_value(extent.size);
    else if (extent.rows == 1)
      dim.set_dim_param("batch");
    else
      dim.set_dim_param("batch*" + std::to_string(extent.rows));
  }
}

/// The rows of a call are what its inputs have.
void Exporter::writeRows(const std::string &input, const Shape &shape) {
  if (!b.rowsVector().empty())
    return;
  for (auto [axis, extent] : llvm::enumerate(shape)) {
    if (!extent.rows)
      continue;
    b.hint = "rows";
    std::string rows = b.node("Shape", input);
    b.setInt("start", axis);
    b.setInt("end", axis + 1);
    if (extent.rows != 1)
      rows = b.node("Div", {rows, b.ints(extent.rows)});
    return b.setRows(rows);
  }
}

void Exporter::writeInputs() {
  for (mlir::BlockArgument argument : function.getArguments()) {
    std::string name =
        nameOf(function.getArgAttrDict(argument.getArgNumber()), "input");
    auto type = llvm::cast<RankedTensorType>(argument.getType());
    describe(*graph.add_input(), name, type);
    writer.set(argument, {name, b.shapeOf(type)});
    writeRows(name, b.shapeOf(type));
  }
}

/// Parameters and buffers are initialisers; what the model keeps from call to
/// call (a stream's state, a buffer that it changes) is an input, whose next
/// value is an output.
Tensor Exporter::read(dlc::ReadOp op) {
  std::string name = op.getVariable().str();
  RankedTensorType type = op.getResult().getType();
  if (written.contains(name)) {
    describe(*graph.add_input(), name, type);
    return {name, b.shapeOf(type)};
  }
  auto variable = module.lookupSymbol<dlc::VariableOp>(op.getVariable());
  switch (variable.getKind()) {
  case dlc::VariableKind::Parameter:
  case dlc::VariableKind::Buffer:
    break;
  case dlc::VariableKind::State:
    describe(*graph.add_input(), name, type);
    return {name, b.shapeOf(type)};
  default:
    if (name == "$rows" && !b.rowsVector().empty())
      return b.reshape({b.rowsVector(), {Extent()}}, {});
    if (name == "$seed")
      throw Refusal("ONNX's random numbers would be others than dlcc's");
    throw Refusal("'" + name.substr(1) +
                  "' is of dlcc's runtime and unknown to ONNX");
  }
  int64_t bytes = type.getNumElements() *
                  ((type.getElementType().getIntOrFloatBitWidth() + 7) / 8);
  weightBytes += bytes;
  // Nodes and names need some of it, too.
  if (weightBytes > INT_MAX - (int64_t(1) << 26))
    throw Refusal("the weights have more than 2 GB, which a file of ONNX's "
                  "cannot hold");
  onnx::TensorProto &tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(dataTypeOf(type.getElementType()));
  for (int64_t dim : type.getShape())
    tensor.add_dims(dim);
  weights[name] = bytes;
  return {name, b.shapeOf(type)};
}

/// Every output is a value that is handed through, at the end of all nodes.
void Exporter::writeOutputs(ArrayRef<std::pair<std::string, mlir::Value>> all) {
  llvm::SmallVector<std::string> wholes;
  for (const auto &[name, value] : all) {
    b.hint = name;
    wholes.push_back(writer.full(value).name);
  }
  for (auto [output, whole] : llvm::zip_equal(all, wholes)) {
    const auto &[name, value] = output;
    describe(*graph.add_output(), name,
             llvm::cast<RankedTensorType>(value.getType()));
    onnx::NodeProto &node = *graph.add_node();
    node.set_op_type("Identity");
    node.set_name(name);
    node.add_input(whole);
    node.add_output(name);
  }
}

/// A node's value is called as the output that it is, without a node between.
void Exporter::nameOutputs() {
  llvm::StringSet<> fixed;
  for (auto *list : {&graph.input(), &graph.output()})
    for (const onnx::ValueInfoProto &info : *list)
      fixed.insert(info.name());
  for (const onnx::TensorProto &tensor : graph.initializer())
    fixed.insert(tensor.name());
  int count = graph.output_size(), begin = graph.node_size() - count;
  google::protobuf::RepeatedPtrField<onnx::NodeProto> last;
  for (int i = 0; i != count; ++i)
    last.Add()->Swap(graph.mutable_node(begin + i));
  graph.mutable_node()->DeleteSubrange(begin, count);
  llvm::StringMap<std::string> renamed;
  for (onnx::NodeProto &node : last) {
    std::string from = node.input(0);
    // A value that is two outputs is one of them, and handed through.
    if (renamed.count(from)) {
      node.set_input(0, renamed[from]);
      graph.add_node()->Swap(&node);
      continue;
    }
    if (fixed.contains(from))
      graph.add_node()->Swap(&node);
    else
      renamed[from] = node.output(0);
  }
  rename(graph, renamed);
}

/// Those that are still needed get their elements.
void Exporter::fillWeights() {
  for (onnx::TensorProto &tensor : *graph.mutable_initializer())
    if (auto found = weights.find(tensor.name()); found != weights.end())
      tensor.set_raw_data(options.weight(tensor.name(), found->second));
}

std::string Exporter::run() {
  writer.at = function;
  model.set_ir_version(kFileVersion);
  model.set_producer_name("dlcc");
  model.set_producer_version(options.version);
  onnx::OperatorSetIdProto &set = *model.add_opset_import();
  set.set_domain("");
  set.set_version(kOperatorSet);
  graph.set_name(module->getAttrOfType<mlir::StringAttr>(attr::kModel).str());
  takeNames();
  writeInputs();
  llvm::SmallVector<dlc::WriteOp> writes;
  mlir::Block &block = function.getBody().front();
  for (mlir::Operation &op : block.without_terminator()) {
    if (auto write = llvm::dyn_cast<dlc::WriteOp>(op))
      writes.push_back(write);
    else
      writer.write(&op);
  }
  writer.at = function;
  llvm::SmallVector<std::pair<std::string, mlir::Value>> outputs;
  for (auto [i, value] : llvm::enumerate(block.getTerminator()->getOperands()))
    outputs.emplace_back(nameOf(function.getResultAttrDict(i), "output"),
                         value);
  for (dlc::WriteOp write : writes)
    outputs.emplace_back(nextName(write.getVariable()), write.getValue());
  writeOutputs(outputs);
  removeUnused(graph);
  nameOutputs();
  fillWeights();
  std::string bytes;
  if (model.ByteSizeLong() > INT_MAX || !model.SerializeToString(&bytes))
    throw Refusal("the model has more than 2 GB, which a file of ONNX's cannot "
                  "hold");
  return bytes;
}

std::optional<std::string>
dlcc::onnx_writer::exportModel(mlir::ModuleOp module, const Options &options) {
  mlir::func::FuncOp forward;
  for (auto function : module.getOps<mlir::func::FuncOp>())
    if (auto entry = function->getAttrOfType<mlir::StringAttr>(attr::kEntry);
        entry && entry.getValue() == "forward")
      forward = function;
  if (!forward) {
    mlir::emitError(module.getLoc()) << "the model has no forward pass";
    return std::nullopt;
  }
  Exporter exporter(module, forward, options);
  try {
    return exporter.run();
  } catch (const Refusal &refusal) {
    mlir::emitError(exporter.place())
        << "cannot be exported: " << refusal.what();
    return std::nullopt;
  }
}
