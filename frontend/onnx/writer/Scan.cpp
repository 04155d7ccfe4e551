//===- Scan.cpp - loops ---------------------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/writer/OpWriter.h"
#include "frontend/onnx/writer/Refusal.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlcc;
using namespace dlcc::dlc;
using namespace dlcc::onnx_writer;
using llvm::SmallVector;

/// Says what a body takes or gives, without its shape, which follows.
static void declare(onnx::ValueInfoProto &info, const std::string &name,
                    mlir::Value value) {
  info.set_name(name);
  info.mutable_type()->mutable_tensor_type()->set_elem_type(dataTypeOf(
      llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType()));
}

/// ONNX's Scan carries values from step to step and stacks others, as the
/// dialect's does; what else the body uses is known by name.
bool OpWriter::writeScan(mlir::Operation *op) {
  auto scan = llvm::dyn_cast<ScanOp>(op);
  if (!scan)
    return false;
  SmallVector<std::string> inputs;
  for (mlir::Value init : scan.getInits())
    inputs.push_back(full(init).name);
  for (mlir::Value input : scan.getInputs())
    inputs.push_back(full(input).name);
  for (auto [argument, value] :
       llvm::zip(scan.getCaptured(), scan.getCaptures()))
    set(argument, get(value));

  onnx::GraphProto body;
  body.set_name(b.hint + ".step");
  auto addArgument = [&](mlir::BlockArgument argument) {
    std::string name = b.unique(b.hint);
    declare(*body.add_input(), name, argument);
    set(argument, {name, b.shapeOf(argument.getType())});
  };
  llvm::for_each(scan.getCarries(), addArgument);
  llvm::for_each(scan.getSlices(), addArgument);
  onnx::GraphProto *outside = b.graph;
  std::string hint = b.hint;
  b.graph = &body;
  for (mlir::Operation &inner : scan.getBlock().without_terminator())
    write(&inner);
  at = scan;
  auto addOutput = [&](mlir::Value value) {
    // A value of its own, even where one is given twice or comes from outside.
    std::string name = b.node("Identity", full(value).name);
    declare(*body.add_output(), name, value);
  };
  llvm::for_each(scan.getYieldedCarries(), addOutput);
  llvm::for_each(scan.getYieldedOutputs(), addOutput);
  b.graph = outside;
  b.hint = hint;

  unsigned carried = scan.getInits().size(), sliced = scan.getInputs().size(),
           stacked = scan.getNumOutputs();
  std::string first = b.node("Scan", inputs);
  onnx::NodeProto &node = b.last();
  b.setInt("num_scan_inputs", sliced);
  if (scan.getReverse()) {
    b.setInts("scan_input_directions", SmallVector<int64_t>(sliced, 1));
    b.setInts("scan_output_directions", SmallVector<int64_t>(stacked, 1));
  }
  onnx::AttributeProto &attribute = *node.add_attribute();
  attribute.set_name("body");
  attribute.set_type(onnx::AttributeProto::GRAPH);
  *attribute.mutable_g() = std::move(body);
  for (unsigned i = 1; i < carried + stacked; ++i)
    node.add_output(b.unique(hint));
  for (unsigned i = 0; i != carried; ++i)
    set(scan.getFinals()[i],
        {node.output(i), b.shapeOf(scan.getFinals()[i].getType())});
  for (unsigned i = 0; i != stacked; ++i)
    set(scan.getOutputs()[i],
        {node.output(carried + i), b.shapeOf(scan.getOutputs()[i].getType())});
  return true;
}
