//===- OpsControlFlow.cpp - branches and loops ----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/GraphReader.h"
#include "frontend/onnx/OpTable.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;

/// Loops of more steps become scans instead of copies of their bodies.
static constexpr int64_t kMostUnrolled = 16;

static Values conditional(Node &node) {
  Builder &b = node.b;
  Value condition = b.reshape(node.input(0), {});
  if (const eval::Tensor *known = b.known(condition))
    return node.graph.runBody(
        node.subgraph(known->ints[0] ? "then_branch" : "else_branch"),
        node.scope, {});
  // Ops have no effects, so both branches may be computed.
  Values yes = node.graph.runBody(node.subgraph("then_branch"), node.scope, {});
  Values no = node.graph.runBody(node.subgraph("else_branch"), node.scope, {});
  if (yes.size() != no.size())
    throw Refusal("its branches differ in their count of outputs");
  Values results;
  for (auto [onTrue, onFalse] : llvm::zip_equal(yes, no)) {
    if (onTrue.getType() != onFalse.getType())
      throw Refusal("its condition is computed at run time, and its branches "
                    "differ in the shapes of their outputs");
    results.push_back(b.select(condition, onTrue, onFalse));
  }
  return results;
}

/// The steps' results one above the other.
static Value stack(Builder &b, ArrayRef<Value> steps) {
  Values rows;
  for (Value step : steps)
    rows.push_back(b.insertAxis(step, 0));
  return b.concat(0, rows);
}

static bool isTrue(Builder &b, Value condition) {
  const eval::Tensor *known = b.known(condition);
  if (!known)
    throw Refusal("its condition needs a constant; here it is computed at run "
                  "time");
  return known->size() == 1 && known->ints[0];
}

/// A loop of many steps, each with the same shapes.
static Values scanLoop(Node &node, const onnx::GraphProto &body, int64_t steps,
                       Values carried) {
  Builder &b = node.b;
  Value numbers = b.iota(0, {steps}, b.i64());
  dlc::ScanOp open = dlc::ScanOp::begin(b.builder, b.loc, steps,
                                        /*reverse=*/false, {numbers}, carried);
  b.builder.setInsertionPointToStart(&open.getBlock());
  Values inputs = {open.getBlock().getArgument(0),
                   b.filled(1, {}, b.boolean())};
  for (size_t i = 0; i < carried.size(); ++i)
    inputs.push_back(open.getBlock().getArgument(i + 1));
  Values outputs = node.graph.runBody(body, node.scope, inputs);
  if (outputs.size() < carried.size() + 1 || !isTrue(b, outputs[0]))
    throw Refusal("its body ends it early or lacks outputs");
  auto next = ArrayRef(outputs).slice(1, carried.size());
  for (auto [before, after] : llvm::zip_equal(carried, next))
    if (before.getType() != after.getType())
      throw Refusal("the shape of a carried value changes from step to step");
  dlc::ScanOp scan = dlc::ScanOp::finish(
      open, ArrayRef(outputs).drop_front(1 + carried.size()), next);
  b.builder.setInsertionPointAfter(scan);
  Values results(scan.getFinals());
  llvm::append_range(results, scan.getOutputs());
  return results;
}

static Values loop(Node &node) {
  Builder &b = node.b;
  const onnx::GraphProto &body = node.subgraph("body");
  int64_t most =
      node.has(0) ? node.knownInteger(0, "the count of steps") : INT64_MAX;
  Value goesOn =
      node.has(1) ? b.reshape(node.input(1), {}) : b.filled(1, {}, b.boolean());
  Values carried;
  for (size_t i = 2; i < node.inputs.size(); ++i)
    carried.push_back(node.input(i));
  if (most > kMostUnrolled && most != INT64_MAX && isTrue(b, goesOn))
    return scanLoop(node, body, most, carried);
  std::vector<Values> stacks;
  for (int64_t step = 0; step < most && isTrue(b, goesOn); ++step) {
    Values inputs = {b.reshape(b.integers({step}), {}), goesOn};
    llvm::append_range(inputs, carried);
    Values outputs = node.graph.runBody(body, node.scope, inputs);
    if (outputs.size() < carried.size() + 1)
      throw Refusal("its body lacks outputs");
    goesOn = b.reshape(outputs[0], {});
    stacks.resize(outputs.size() - 1 - carried.size());
    for (auto [stack, row] : llvm::zip_equal(
             stacks, ArrayRef(outputs).drop_front(1 + carried.size())))
      stack.push_back(row);
    carried.assign(outputs.begin() + 1, outputs.begin() + 1 + carried.size());
  }
  Values results = carried;
  for (const Values &steps : stacks)
    results.push_back(stack(b, steps));
  return results;
}

static Values scan(Node &node) {
  Builder &b = node.b;
  const onnx::GraphProto &body = node.subgraph("body");
  int64_t numInputs = node.integer("num_scan_inputs", {});
  int64_t numStates = int64_t(node.inputs.size()) - numInputs;
  int64_t numOutputs = int64_t(body.output_size()) - numStates;
  if (numInputs < 1 || numStates < 0 || numOutputs < 0)
    throw Refusal("'num_scan_inputs' does not fit its inputs");
  Ints inReversed = node.integers("scan_input_directions", Ints(numInputs, 0));
  Ints outReversed =
      node.integers("scan_output_directions", Ints(numOutputs, 0));
  Ints inAxes = node.integers("scan_input_axes", Ints(numInputs, 0));
  Ints outAxes = node.integers("scan_output_axes", Ints(numOutputs, 0));
  if (int64_t(inReversed.size()) != numInputs ||
      int64_t(inAxes.size()) != numInputs ||
      int64_t(outReversed.size()) != numOutputs ||
      int64_t(outAxes.size()) != numOutputs)
    throw Refusal("its directions or axes do not fit its inputs and outputs");
  /// `axis` to the front, or from there.
  auto move = [&](Value x, int64_t axis, bool toFront) {
    int64_t rank = b.rankOf(x);
    Ints order = upTo(rank);
    axis = Node::axis(axis, rank);
    order.erase(order.begin() + (toFront ? axis : 0));
    order.insert(order.begin() + (toFront ? 0 : axis), toFront ? axis : 0);
    return b.transpose(x, order);
  };
  Values states, inputs;
  for (int64_t i = 0; i < numStates; ++i)
    states.push_back(node.input(i));
  for (int64_t i = 0; i < numInputs; ++i) {
    Value x = move(node.input(numStates + i), inAxes[i], true);
    inputs.push_back(inReversed[i] ? b.reverse(x, 0) : x);
    if (b.shapeOf(inputs[i])[0] != b.shapeOf(inputs[0])[0])
      throw Refusal("its inputs differ in their count of steps");
  }
  int64_t steps = b.shapeOf(inputs[0])[0];
  if (steps == 0)
    throw Refusal("it has no step");
  dlc::ScanOp open = dlc::ScanOp::begin(b.builder, b.loc, steps,
                                        /*reverse=*/false, inputs, states);
  b.builder.setInsertionPointToStart(&open.getBlock());
  Values arguments;
  for (int64_t i = 0; i < numStates; ++i)
    arguments.push_back(open.getBlock().getArgument(numInputs + i));
  for (int64_t i = 0; i < numInputs; ++i)
    arguments.push_back(open.getBlock().getArgument(i));
  Values outputs = node.graph.runBody(body, node.scope, arguments);
  auto next = ArrayRef(outputs).take_front(numStates);
  for (auto [before, after] : llvm::zip_equal(states, next))
    if (before.getType() != after.getType())
      throw Refusal("the shape of a state changes from step to step");
  dlc::ScanOp done =
      dlc::ScanOp::finish(open, ArrayRef(outputs).drop_front(numStates), next);
  b.builder.setInsertionPointAfter(done);
  Values results(done.getFinals());
  for (auto [i, output] : llvm::enumerate(done.getOutputs())) {
    Value y = outReversed[i] ? b.reverse(output, 0) : Value(output);
    results.push_back(move(y, outAxes[i], false));
  }
  return results;
}

ArrayRef<OpEntry> dlcc::onnx_reader::controlFlowOps() {
  static const OpEntry table[] = {
      {"If", 1, conditional},
      {"Loop", 1, loop},
      {"Scan", 9, scan},
  };
  return table;
}
