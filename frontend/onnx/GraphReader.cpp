//===- GraphReader.cpp - nodes one after the other, as dlc ops ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/GraphReader.h"

#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ReadFile.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

using namespace dlcc::onnx_reader;

/// The newest version of the operator set whose operators are known.
static constexpr int64_t kNewest = 28;
static constexpr int64_t kOldest = 7;
/// Nodes that a model may unroll to, and graphs in graphs.
static constexpr int64_t kMostNodes = 1000000;
static constexpr int kMostDepth = 64;

Value Scope::find(llvm::StringRef name) const {
  for (const Scope *scope = this; scope; scope = scope->parent) {
    auto found = scope->values.find(name);
    if (found != scope->values.end())
      return found->second;
  }
  return {};
}

const onnx::AttributeProto *Scope::findAttribute(llvm::StringRef name) const {
  const Scope *scope = this;
  while (scope && !scope->call)
    scope = scope->parent;
  if (!scope)
    return nullptr;
  for (const onnx::AttributeProto &attribute : scope->call->attribute())
    if (attribute.name() == name) {
      if (attribute.ref_attr_name().empty())
        return &attribute;
      // The caller may have been called without it.
      if (const auto *given =
              scope->caller->findAttribute(attribute.ref_attr_name()))
        return given;
    }
  for (const onnx::AttributeProto &preset : scope->function->defaults)
    if (preset.name() == name)
      return &preset;
  return nullptr;
}

std::string GraphReader::folderOf(const std::string &path) {
  return llvm::sys::path::parent_path(path).str();
}

GraphReader::GraphReader(const onnx::ModelProto &model, std::string path,
                         Builder &builder)
    : functions(model.functions().begin(), model.functions().end()),
      path(std::move(path)), builder(builder) {
  modelFolder = folderOf(this->path);
  for (const auto &set : model.opset_import()) {
    // The default domain has two names.
    bool isDefault = set.domain().empty() || set.domain() == "ai.onnx";
    opsets[isDefault ? "" : set.domain()] = set.version();
    if (isDefault && (set.version() < kOldest || set.version() > kNewest))
      throw Refusal("it uses version " + llvm::Twine(set.version()) +
                    " of ONNX's operators; " + llvm::Twine(kOldest) + " to " +
                    llvm::Twine(kNewest) + " are known");
  }
}

/// `node 3 'conv1' (Conv)`.
static std::string describe(const onnx::NodeProto &node, int64_t number) {
  std::string name =
      node.name().empty() && node.output_size() ? node.output(0) : node.name();
  return "node " + std::to_string(number) + " '" + name + "' (" +
         node.op_type() + ")";
}

Values GraphReader::callFunction(const LocalFunction &local,
                                 const onnx::NodeProto &proto, Scope &scope,
                                 ArrayRef<Value> inputs) {
  const onnx::FunctionProto &function = *local.proto;
  for (const Scope *outer = &scope; outer;
       outer = outer->parent ? outer->parent : outer->caller)
    if (outer->function == &local)
      throw Refusal("the function '" + function.name() + "' calls itself");
  Scope body;
  body.call = &proto;
  body.function = &local;
  body.caller = &scope;
  for (int i = 0; i < function.input_size(); ++i)
    if (size_t(i) < inputs.size() && inputs[i])
      body.values[function.input(i)] = inputs[i];
  std::map<std::string, int64_t> versions;
  for (const auto &set : function.opset_import())
    versions[set.domain() == "ai.onnx" ? "" : set.domain()] = set.version();
  runNodes(function.node(), body, versions);
  Values outputs;
  for (const std::string &name : function.output()) {
    outputs.push_back(body.find(name));
    if (!outputs.back())
      throw Refusal("the function never makes its output '" + name + "'");
  }
  return outputs;
}

Values GraphReader::runNode(const onnx::NodeProto &proto, Scope &scope,
                            const std::map<std::string, int64_t> &versions) {
  Values inputs;
  for (const std::string &name : proto.input()) {
    inputs.push_back(name.empty() ? Value() : scope.find(name));
    if (!name.empty() && !inputs.back() && !scope.call && !scope.parent)
      throw Refusal("it reads '" + name + "', which nothing before it makes");
    if (!name.empty() && !inputs.back()) {
      // An optional input of a function that its call leaves out.
      const Scope *owner = &scope;
      while (owner && !owner->function)
        owner = owner->parent;
      bool isOptional =
          owner && llvm::is_contained(owner->function->proto->input(), name);
      if (!isOptional)
        throw Refusal("it reads '" + name + "', which nothing before it makes");
    }
  }
  std::string domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
  for (const LocalFunction &local : functions) {
    const onnx::FunctionProto &function = *local.proto;
    if (function.name() == proto.op_type() &&
        (function.domain() == "ai.onnx" ? "" : function.domain()) == domain &&
        local.overload == overloadOf(proto))
      return callFunction(local, proto, scope, inputs);
  }
  // Of ONNX-ML there are a few; they have their domain in front in the table.
  if (!domain.empty() && domain != "ai.onnx.ml")
    throw Refusal("operators of the domain '" + domain + "' are not supported");
  auto version = versions.find(domain);
  if (version == versions.end())
    throw Refusal("the model names no version of ONNX's operators");
  bool isKnown = false;
  std::string type = (domain.empty() ? "" : domain + ".") + proto.op_type();
  const OpEntry *entry = findOp(type, version->second, isKnown);
  if (!entry)
    throw Refusal(isKnown ? "the operator has no version " +
                                std::to_string(version->second)
                          : whyNot(proto.op_type()));
  Node node(proto, version->second, builder, *this, scope);
  node.inputs = std::move(inputs);
  return entry->function(node);
}

void GraphReader::runNodes(
    const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
    Scope &scope, const std::map<std::string, int64_t> &versions) {
  if (++depth > kMostDepth)
    throw Refusal("graphs and functions lie more than " +
                  llvm::Twine(kMostDepth) + " deep in each other");
  const auto *outer = current;
  current = &versions;
  int64_t number = 0;
  for (const onnx::NodeProto &proto : nodes) {
    ++number;
    auto line = mlir::FileLineColLoc::get(builder.builder.getContext(), path,
                                          number, 0);
    std::string name = proto.name().empty() ? proto.op_type() : proto.name();
    mlir::Location outside = builder.loc;
    if (depth == 1)
      builder.loc =
          mlir::NameLoc::get(builder.builder.getStringAttr(name), line);
    try {
      if (++made > kMostNodes)
        throw Refusal("the model's loops are more than " +
                      llvm::Twine(kMostNodes) + " nodes");
      Values outputs = runNode(proto, scope, versions);
      for (int i = 0; i < proto.output_size(); ++i) {
        if (proto.output(i).empty())
          continue;
        if (size_t(i) >= outputs.size() || !outputs[i])
          throw Refusal("its output " + llvm::Twine(i + 1) +
                        " is not supported");
        if (!scope.values.try_emplace(proto.output(i), outputs[i]).second)
          throw Refusal("'" + proto.output(i) + "' is made a second time");
      }
    } catch (const Refusal &refusal) {
      throw Refusal(describe(proto, number) + ": " + refusal.what());
    }
    builder.loc = outside;
  }
  current = outer;
  --depth;
}

Values GraphReader::run(const onnx::GraphProto &graph, Scope &scope) {
  runNodes(graph.node(), scope, *current);
  Values outputs;
  for (const onnx::ValueInfoProto &output : graph.output()) {
    outputs.push_back(scope.find(output.name()));
    if (!outputs.back())
      throw Refusal("no node makes the output '" + output.name() + "'");
  }
  return outputs;
}

Values GraphReader::runBody(const onnx::GraphProto &graph, Scope &scope,
                            ArrayRef<Value> inputs) {
  Scope body;
  body.parent = &scope;
  if (size_t(graph.input_size()) < inputs.size())
    throw Refusal("its body has " + llvm::Twine(graph.input_size()) +
                  " inputs, and gets " + llvm::Twine(inputs.size()));
  for (auto [i, value] : llvm::enumerate(inputs))
    body.values[graph.input(i).name()] = value;
  for (const onnx::TensorProto &tensor : graph.initializer())
    body.values[tensor.name()] = builder.constant(
        readTensor(builder.builder.getContext(), tensor, modelFolder));
  return run(graph, body);
}
