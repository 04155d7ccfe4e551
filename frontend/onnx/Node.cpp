//===- Node.cpp - attributes and constant inputs of a node ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/Node.h"

#include "frontend/onnx/GraphReader.h"
#include "frontend/onnx/ReadFile.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlcc::onnx_reader;
using onnx::AttributeProto;

Value Node::input(size_t i) const {
  if (!has(i))
    throw Refusal("input " + llvm::Twine(i + 1) + " is missing");
  return inputs[i];
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const AttributeProto *Node::attribute(llvm::StringRef name) const {
  for (const AttributeProto &attribute : proto.attribute())
    if (attribute.name() == name) {
      if (attribute.has_ref_attr_name() && !attribute.ref_attr_name().empty())
        return scope.findAttribute(attribute.ref_attr_name());
      return &attribute;
    }
  return nullptr;
}

/// The attribute, whose type is checked; null where it is left out.
static const AttributeProto *find(const Node &node, llvm::StringRef name,
                                  AttributeProto::AttributeType type,
                                  bool isRequired) {
  const AttributeProto *attribute = node.attribute(name);
  if (!attribute && isRequired)
    throw Refusal("attribute '" + name + "' is missing");
  if (attribute && attribute->type() != type)
    throw Refusal("attribute '" + name + "' has another type than " +
                  AttributeProto::AttributeType_Name(type));
  return attribute;
}

int64_t Node::integer(llvm::StringRef name,
                      std::optional<int64_t> otherwise) const {
  auto *found = find(*this, name, AttributeProto::INT, !otherwise);
  return found ? found->i() : *otherwise;
}

double Node::number(llvm::StringRef name,
                    std::optional<double> otherwise) const {
  auto *found = find(*this, name, AttributeProto::FLOAT, !otherwise);
  return found ? found->f() : *otherwise;
}

std::string Node::text(llvm::StringRef name, llvm::StringRef otherwise) const {
  auto *found = find(*this, name, AttributeProto::STRING, false);
  return found ? found->s() : otherwise.str();
}

Ints Node::integers(llvm::StringRef name, Ints otherwise) const {
  auto *found = find(*this, name, AttributeProto::INTS, false);
  return found ? Ints(found->ints().begin(), found->ints().end()) : otherwise;
}

llvm::SmallVector<double> Node::numbers(llvm::StringRef name) const {
  auto *found = find(*this, name, AttributeProto::FLOATS, false);
  llvm::SmallVector<double> list;
  if (found)
    list.append(found->floats().begin(), found->floats().end());
  return list;
}

llvm::SmallVector<std::string> Node::texts(llvm::StringRef name) const {
  auto *found = find(*this, name, AttributeProto::STRINGS, false);
  llvm::SmallVector<std::string> list;
  if (found)
    list.append(found->strings().begin(), found->strings().end());
  return list;
}

mlir::DenseElementsAttr Node::tensor(llvm::StringRef name) const {
  auto *found = find(*this, name, AttributeProto::TENSOR, true);
  return readTensor(b.builder.getContext(), found->t(), graph.folder());
}

const onnx::GraphProto &Node::subgraph(llvm::StringRef name) const {
  return find(*this, name, AttributeProto::GRAPH, true)->g();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

const dlcc::eval::Tensor &Node::known(size_t i, llvm::StringRef what) const {
  const eval::Tensor *tensor = b.known(input(i));
  if (!tensor)
    throw Refusal(what + " (input " + llvm::Twine(i + 1) +
                  ") needs a constant; here it is computed at run time");
  return *tensor;
}

Ints Node::knownIntegers(size_t i, llvm::StringRef what) const {
  const eval::Tensor &tensor = known(i, what);
  if (tensor.isFloat())
    throw Refusal(what + " has to be integers");
  return Ints(tensor.ints.begin(), tensor.ints.end());
}

int64_t Node::knownInteger(size_t i, llvm::StringRef what) const {
  Ints list = knownIntegers(i, what);
  if (list.size() != 1)
    throw Refusal(what + " has to be one number");
  return list[0];
}

llvm::SmallVector<double> Node::knownNumbers(size_t i,
                                             llvm::StringRef what) const {
  const eval::Tensor &tensor = known(i, what);
  if (tensor.isFloat())
    return llvm::SmallVector<double>(tensor.floats.begin(),
                                     tensor.floats.end());
  return llvm::to_vector(llvm::map_range(
      tensor.ints, [](int64_t value) { return double(value); }));
}

int64_t Node::axis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    throw Refusal("axis " + llvm::Twine(axis) + " is none of " +
                  llvm::Twine(rank) + " dimensions");
  return axis < 0 ? axis + rank : axis;
}

Ints Node::axes(Ints axes, int64_t rank) {
  for (size_t i = 0; i < axes.size(); ++i) {
    axes[i] = axis(axes[i], rank);
    if (llvm::is_contained(ArrayRef(axes).take_front(i), axes[i]))
      throw Refusal("axis " + llvm::Twine(axes[i]) + " is named twice");
  }
  return axes;
}
