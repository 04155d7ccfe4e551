//===- GraphBuilder.cpp - the nodes and initialisers of a graph -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/writer/GraphBuilder.h"

#include "frontend/onnx/writer/Refusal.h"
#include "ir/ShapeFunctions.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cstring>
#include <numeric>

using namespace dlcc::onnx_writer;
using llvm::SmallVector;
using llvm::StringRef;

SmallVector<int64_t> dlcc::onnx_writer::range(int64_t begin, int64_t end) {
  SmallVector<int64_t> numbers(std::max<int64_t>(0, end - begin));
  std::iota(numbers.begin(), numbers.end(), begin);
  return numbers;
}

Extent dlcc::onnx_writer::productOf(llvm::ArrayRef<Extent> extents) {
  Extent product;
  for (const Extent &extent : extents) {
    if (extent.rows && product.rows)
      throw Refusal("every row meets every other here, and then ONNX has no "
                    "name for the dimension");
    product.rows = extent.rows    ? extent.rows * product.size
                   : product.rows ? product.rows * extent.size
                                  : 0;
    product.size *= extent.size;
  }
  return product;
}

int32_t dlcc::onnx_writer::dataTypeOf(mlir::Type element) {
  using onnx::TensorProto;
  if (element.isF16())
    return TensorProto::FLOAT16;
  if (element.isBF16())
    return TensorProto::BFLOAT16;
  if (element.isF32())
    return TensorProto::FLOAT;
  if (element.isF64())
    return TensorProto::DOUBLE;
  bool isUnsigned = element.isUnsignedInteger();
  switch (element.getIntOrFloatBitWidth()) {
  case 1:
    return TensorProto::BOOL;
  case 8:
    return isUnsigned ? TensorProto::UINT8 : TensorProto::INT8;
  case 16:
    return isUnsigned ? TensorProto::UINT16 : TensorProto::INT16;
  case 32:
    return isUnsigned ? TensorProto::UINT32 : TensorProto::INT32;
  default:
    return isUnsigned ? TensorProto::UINT64 : TensorProto::INT64;
  }
}

Shape GraphBuilder::shapeOf(mlir::Type type) const {
  Shape shape;
  for (const Dim &dim : getDims(llvm::cast<mlir::RankedTensorType>(type)))
    shape.push_back({dim.size, batch ? getRowMultiple(dim, batch) : 0});
  return shape;
}

//===----------------------------------------------------------------------===//
// Names, nodes, constants
//===----------------------------------------------------------------------===//

std::string GraphBuilder::unique(StringRef hint) {
  if (names.insert(hint).second)
    return hint.str();
  for (int number = 1;; ++number) {
    std::string name = (hint + "_" + llvm::Twine(number)).str();
    if (names.insert(name).second)
      return name;
  }
}

std::string GraphBuilder::node(StringRef op,
                               llvm::ArrayRef<std::string> inputs) {
  onnx::NodeProto &node = *graph->add_node();
  std::string name = unique(hint);
  node.set_op_type(op.str());
  node.set_name(name);
  for (const std::string &input : inputs)
    node.add_input(input);
  node.add_output(name);
  return name;
}

static onnx::AttributeProto &addAttribute(onnx::NodeProto &node, StringRef name,
                                          int type) {
  onnx::AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name.str());
  attribute.set_type(static_cast<onnx::AttributeProto::AttributeType>(type));
  return attribute;
}

void GraphBuilder::setInt(StringRef name, int64_t value) {
  addAttribute(last(), name, onnx::AttributeProto::INT).set_i(value);
}

void GraphBuilder::setInts(StringRef name, Ints values) {
  onnx::AttributeProto &attribute =
      addAttribute(last(), name, onnx::AttributeProto::INTS);
  for (int64_t value : values)
    attribute.add_ints(value);
}

void GraphBuilder::setText(StringRef name, StringRef value) {
  addAttribute(last(), name, onnx::AttributeProto::STRING).set_s(value.str());
}

std::string GraphBuilder::initialiser(StringRef hint, mlir::Type element,
                                      Ints dims, std::string bytes) {
  onnx::TensorProto &tensor = *main->add_initializer();
  std::string name = unique(hint);
  tensor.set_name(name);
  tensor.set_data_type(dataTypeOf(element));
  for (int64_t dim : dims)
    tensor.add_dims(dim);
  tensor.set_raw_data(std::move(bytes));
  return name;
}

std::string GraphBuilder::ints(Ints values) {
  std::string bytes(reinterpret_cast<const char *>(values.data()),
                    values.size() * sizeof(int64_t));
  std::string &name = constants["ints " + bytes];
  if (name.empty()) {
    auto text = llvm::map_range(
        values, [](int64_t value) { return std::to_string(value); });
    std::string hint =
        values.size() > 6 ? "numbers" : "numbers_" + llvm::join(text, "_");
    onnx::TensorProto &tensor = *main->add_initializer();
    name = unique(hint);
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_dims(values.size());
    tensor.set_raw_data(bytes);
  }
  return name;
}

Tensor GraphBuilder::scalar(mlir::Attribute value) {
  auto number = llvm::cast<mlir::TypedAttr>(value);
  mlir::Type element = number.getType();
  llvm::APInt bits =
      llvm::isa<mlir::FloatAttr>(value)
          ? llvm::cast<mlir::FloatAttr>(value).getValue().bitcastToAPInt()
          : llvm::cast<mlir::IntegerAttr>(value).getValue();
  uint64_t word = bits.getZExtValue();
  std::string bytes((bits.getBitWidth() + 7) / 8, '\0');
  std::memcpy(bytes.data(), &word, bytes.size());
  std::string &name =
      constants["scalar " + std::to_string(dataTypeOf(element)) + " " + bytes];
  if (name.empty())
    name = initialiser("constant", element, {}, bytes);
  return {name, {}};
}

Tensor GraphBuilder::scalar(mlir::Type element, double value) {
  if (auto type = llvm::dyn_cast<mlir::FloatType>(element)) {
    llvm::APFloat number(value);
    bool loses;
    number.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
                   &loses);
    return scalar(mlir::FloatAttr::get(type, number));
  }
  return scalar(mlir::IntegerAttr::get(
      element, llvm::APInt(element.getIntOrFloatBitWidth(),
                           static_cast<uint64_t>(static_cast<int64_t>(value)),
                           /*isSigned=*/true, /*implicitTrunc=*/true)));
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> sizesOf(const Shape &shape) {
  SmallVector<int64_t> sizes;
  for (const Extent &extent : shape)
    sizes.push_back(extent.size);
  return sizes;
}

std::string GraphBuilder::shapeVector(const Shape &shape) {
  auto hasRows = [](const Extent &extent) { return extent.rows != 0; };
  if (llvm::none_of(shape, hasRows))
    return ints(sizesOf(shape));
  SmallVector<std::string> parts;
  SmallVector<int64_t> numbers;
  auto flush = [&] {
    if (!numbers.empty())
      parts.push_back(ints(numbers));
    numbers.clear();
  };
  for (const Extent &extent : shape) {
    if (!extent.rows) {
      numbers.push_back(extent.size);
      continue;
    }
    flush();
    parts.push_back(extent.rows == 1
                        ? rowsName
                        : node("Mul", {rowsName, ints(extent.rows)}));
  }
  flush();
  if (parts.size() == 1)
    return parts.front();
  std::string name = node("Concat", parts);
  setInt("axis", 0);
  return name;
}

std::string GraphBuilder::reshapeVector(const Shape &shape) {
  if (llvm::count_if(shape, [](const Extent &e) { return e.rows != 0; }) > 1)
    return shapeVector(shape);
  SmallVector<int64_t> sizes;
  for (const Extent &extent : shape)
    sizes.push_back(extent.rows ? -1 : extent.size);
  return ints(sizes);
}

Tensor GraphBuilder::reshape(const Tensor &operand, const Shape &shape) {
  if (operand.shape == shape)
    return operand;
  return {node("Reshape", {operand.name, reshapeVector(shape)}), shape};
}

Tensor GraphBuilder::transpose(const Tensor &operand, Ints permutation) {
  Tensor source = operand;
  SmallVector<int64_t> order(permutation);
  // Of an operand that is a transposed one itself, only the first counts.
  if (auto found = transposed.find(operand.name); found != transposed.end()) {
    source = found->second.source;
    for (int64_t &axis : order)
      axis = found->second.permutation[axis];
  }
  if (order == range(0, order.size()))
    return source;
  Tensor result;
  for (int64_t axis : order)
    result.shape.push_back(source.shape[axis]);
  result.name = node("Transpose", source.name);
  setInts("perm", order);
  transposed[result.name] = {source, order};
  return result;
}

Tensor GraphBuilder::unsqueeze(const Tensor &operand, Ints axes) {
  if (axes.empty())
    return operand;
  Tensor result;
  size_t next = 0;
  for (size_t i = 0; i != operand.shape.size() + axes.size(); ++i)
    result.shape.push_back(llvm::is_contained(axes, int64_t(i))
                               ? Extent()
                               : operand.shape[next++]);
  result.name = node("Unsqueeze", {operand.name, ints(axes)});
  return result;
}

Tensor GraphBuilder::expand(const Tensor &operand, const Shape &shape) {
  if (operand.shape == shape)
    return operand;
  return {node("Expand", {operand.name, shapeVector(shape)}), shape};
}

Tensor GraphBuilder::slice(const Tensor &operand, Ints axes, Ints starts,
                           Ints ends, Ints steps) {
  Tensor result = operand;
  for (auto [axis, start, end, step] : llvm::zip(axes, starts, ends, steps))
    result.shape[axis] = {(end - start + step - 1) / step, 0};
  SmallVector<std::string> inputs = {operand.name, ints(starts), ints(ends),
                                     ints(axes)};
  if (llvm::any_of(steps, [](int64_t step) { return step != 1; }))
    inputs.push_back(ints(steps));
  result.name = node("Slice", inputs);
  return result;
}

Tensor GraphBuilder::elementwise(StringRef op,
                                 llvm::ArrayRef<Tensor> operands) {
  Tensor result;
  SmallVector<std::string> inputs;
  for (const Tensor &operand : operands) {
    inputs.push_back(operand.name);
    size_t rank = std::max(result.shape.size(), operand.shape.size());
    Shape shape(rank);
    for (size_t i = 0; i != rank; ++i)
      for (const Shape *given : {&std::as_const(result.shape), &operand.shape})
        if (i < given->size())
          if (Extent extent = (*given)[given->size() - 1 - i];
              extent.size != 1 || extent.rows)
            shape[rank - 1 - i] = extent;
    result.shape = shape;
  }
  result.name = node(op, inputs);
  return result;
}

//===----------------------------------------------------------------------===//
// Whole graphs
//===----------------------------------------------------------------------===//

/// Goes from the outputs to what they need; the names that the graph takes from
/// outside of it end up in `needed`, too.
static void removeUnusedNodes(onnx::GraphProto &graph,
                              llvm::StringSet<> &needed) {
  for (const onnx::ValueInfoProto &output : graph.output())
    needed.insert(output.name());
  google::protobuf::RepeatedPtrField<onnx::NodeProto> kept;
  for (int i = graph.node_size() - 1; i >= 0; --i) {
    onnx::NodeProto &node = *graph.mutable_node(i);
    if (llvm::none_of(node.output(), [&](const std::string &output) {
          return needed.contains(output);
        }))
      continue;
    for (const std::string &input : node.input())
      needed.insert(input);
    for (onnx::AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        removeUnusedNodes(*attribute.mutable_g(), needed);
    kept.Add()->Swap(&node);
  }
  std::reverse(kept.pointer_begin(), kept.pointer_end());
  graph.mutable_node()->Swap(&kept);
}

void dlcc::onnx_writer::removeUnused(onnx::GraphProto &graph) {
  llvm::StringSet<> needed;
  removeUnusedNodes(graph, needed);
  google::protobuf::RepeatedPtrField<onnx::TensorProto> kept;
  for (onnx::TensorProto &tensor : *graph.mutable_initializer())
    if (needed.contains(tensor.name()))
      kept.Add()->Swap(&tensor);
  graph.mutable_initializer()->Swap(&kept);
}

void dlcc::onnx_writer::rename(onnx::GraphProto &graph,
                               const llvm::StringMap<std::string> &names) {
  for (onnx::NodeProto &node : *graph.mutable_node()) {
    for (auto *list : {node.mutable_input(), node.mutable_output()})
      for (std::string &name : *list)
        if (auto found = names.find(name); found != names.end())
          name = found->second;
    for (onnx::AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        rename(*attribute.mutable_g(), names);
  }
}
