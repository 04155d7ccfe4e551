//===- OpsRecurrent.cpp - RNN, GRU and LSTM -------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;

using Activation = Value (*)(Builder &, Value);

static Value tangent(Builder &b, Value x) { return b.unary<dlc::TanhOp>(x); }
static Value sigmoid(Builder &b, Value x) { return b.unary<dlc::SigmoidOp>(x); }
static Value relu(Builder &b, Value x) { return b.max(x, b.like(0, x)); }

namespace {

/// What the three operators have in common: x is [steps, n, in], W [directions,
/// gates * hidden, in], R [directions, gates * hidden, hidden], B [directions,
/// 2 * gates * hidden].
struct Recurrence {
  Node &node;
  int64_t gates;
  int64_t hidden, steps, batch, directions;
  bool batchFirst;
  Value x;
  std::string direction;
  llvm::SmallVector<Activation> activations; ///< those of each direction

  Recurrence(Node &node, int64_t gates, llvm::SmallVector<Activation> usual);

  /// Direction `d` of an input, without that dimension.
  Value part(Value value, int64_t d) const {
    Value part = node.b.sliceAxis(value, 0, d, 1);
    return node.b.reshape(part, node.b.shapeOf(part).drop_front());
  }
  /// The initial state, [n, hidden], zero where it is not given.
  Value initial(size_t input, int64_t d) const;
  bool isReverse(int64_t d) const { return direction == "reverse" || d == 1; }
  /// The biases of W, or those of R, one gate after the other.
  Value bias(int64_t d, bool ofState) const;
  Value project(int64_t d) const;
  Value stackStates(Values states) const;
  Value stackSteps(Values steps) const;
};

} // namespace

Recurrence::Recurrence(Node &node, int64_t gates,
                       llvm::SmallVector<Activation> usual)
    : node(node), gates(gates), x(node.input(0)) {
  Builder &b = node.b;
  batchFirst = node.integer("layout", 0) == 1;
  if (b.rankOf(x) != 3 || b.rankOf(node.input(1)) != 3 ||
      b.rankOf(node.input(2)) != 3)
    throw Refusal("x, W and R have 3 dimensions");
  if (batchFirst)
    x = b.transpose(x, {1, 0, 2});
  steps = b.shapeOf(x)[0];
  batch = b.shapeOf(x)[1];
  direction = node.text("direction", "forward");
  if (direction != "forward" && direction != "reverse" &&
      direction != "bidirectional")
    throw Refusal("'direction' is unknown: " + direction);
  directions = direction == "bidirectional" ? 2 : 1;
  hidden = b.shapeOf(node.input(2))[2];
  if (b.shapeOf(node.input(1)) !=
          ArrayRef<int64_t>({directions, gates * hidden, b.shapeOf(x)[2]}) ||
      b.shapeOf(node.input(2)) !=
          ArrayRef<int64_t>({directions, gates * hidden, hidden}) ||
      node.integer("hidden_size", hidden) != hidden)
    throw Refusal("the shapes of x, W and R do not fit each other");
  if (node.has(4)) {
    const eval::Tensor *lengths = b.known(node.input(4));
    if (!lengths || llvm::any_of(lengths->ints, [&](int64_t length) {
          return length != steps;
        }))
      throw Refusal("sequences of different lengths are not supported");
  }
  if (node.hasAttribute("clip"))
    throw Refusal("'clip' is not supported");
  auto names = node.texts("activations");
  for (int64_t d = 0; d < directions; ++d)
    for (size_t i = 0; i < usual.size(); ++i) {
      size_t at = d * usual.size() + i;
      Activation chosen = usual[i];
      if (at < names.size()) {
        std::string name = llvm::StringRef(names[at]).lower();
        if (name != "tanh" && name != "sigmoid" && name != "relu")
          throw Refusal("the activation " + names[at] + " is not supported");
        chosen = name == "tanh" ? tangent : name == "relu" ? relu : sigmoid;
      }
      activations.push_back(chosen);
    }
}

Value Recurrence::initial(size_t input, int64_t d) const {
  Builder &b = node.b;
  if (!node.has(input))
    return b.filled(0, {batch, hidden}, b.elementOf(x));
  Value given = node.input(input);
  if (batchFirst)
    given = b.transpose(given, {1, 0, 2});
  return part(given, d);
}

Value Recurrence::bias(int64_t d, bool ofState) const {
  Builder &b = node.b;
  if (!node.has(3))
    return b.filled(0, {gates * hidden}, b.elementOf(x));
  return b.sliceAxis(part(node.input(3), d), 0, ofState ? gates * hidden : 0,
                     gates * hidden);
}

/// What the inputs give to the gates of all steps: [steps, n, gates * hidden].
Value Recurrence::project(int64_t d) const {
  Builder &b = node.b;
  Value product = b.contract(x, part(node.input(1), d), {}, {}, {2}, {1});
  return b.add(product, bias(d, false));
}

/// [n, hidden] of each direction -> [directions, n, hidden].
Value Recurrence::stackStates(Values states) const {
  Builder &b = node.b;
  for (Value &state : states)
    state = b.insertAxis(state, batchFirst ? 1 : 0);
  return b.concat(batchFirst ? 1 : 0, states);
}

/// [steps, n, hidden] of each direction -> [steps, directions, n, hidden].
Value Recurrence::stackSteps(Values all) const {
  Builder &b = node.b;
  for (Value &states : all)
    states = b.insertAxis(states, 1);
  Value stacked = b.concat(1, all);
  return batchFirst ? b.transpose(stacked, {2, 0, 1, 3}) : stacked;
}

/// Gate number `i` of [n, gates * hidden].
static Value gate(Builder &b, Value gates, int64_t i, int64_t hidden) {
  return b.sliceAxis(gates, b.rankOf(gates) - 1, i * hidden, hidden);
}

/// Runs `step` over the projected inputs; it gets a step's part and the states
/// and returns the next states, the first of which is the output.
template <typename Step>
static Values runSteps(Recurrence &r, int64_t d, Values states, Step step) {
  Builder &b = r.node.b;
  Value inputs = r.project(d);
  dlc::ScanOp open = dlc::ScanOp::begin(b.builder, b.loc, r.steps,
                                        r.isReverse(d), {inputs}, states);
  b.builder.setInsertionPointToStart(&open.getBlock());
  Values carried(open.getCarries().begin(), open.getCarries().end());
  Values next = step(open.getBlock().getArgument(0), carried);
  dlc::ScanOp done = dlc::ScanOp::finish(open, {next[0]}, next);
  b.builder.setInsertionPointAfter(done);
  return Values(done.getResults());
}

static Values finish(Recurrence &r, ArrayRef<Values> results, bool hasCell) {
  Values steps, states, cells;
  for (const Values &result : results) {
    steps.push_back(result[0]);
    states.push_back(result[1]);
    if (hasCell)
      cells.push_back(result[2]);
  }
  Values outputs = {r.stackSteps(steps), r.stackStates(states)};
  if (hasCell)
    outputs.push_back(r.stackStates(cells));
  return outputs;
}

static Values rnn(Node &node) {
  Builder &b = node.b;
  Recurrence r(node, 1, {tangent});
  std::vector<Values> results;
  for (int64_t d = 0; d < r.directions; ++d) {
    Value weight = r.part(node.input(2), d), bias = r.bias(d, true);
    results.push_back(runSteps(
        r, d, {r.initial(5, d)}, [&](Value in, const Values &states) -> Values {
          Value sum = b.contract(states[0], weight, {}, {}, {1}, {1});
          return {r.activations[d](b, b.add(in, b.add(sum, bias)))};
        }));
  }
  return finish(r, results, false);
}

static Values gru(Node &node) {
  Builder &b = node.b;
  Recurrence r(node, 3, {sigmoid, tangent});
  bool linearFirst = node.integer("linear_before_reset", 0) != 0;
  std::vector<Values> results;
  for (int64_t d = 0; d < r.directions; ++d) {
    int64_t h = r.hidden;
    Value weight = r.part(node.input(2), d), bias = r.bias(d, true);
    Value gateWeight = b.sliceAxis(weight, 0, 0, 2 * h);
    Value newWeight = b.sliceAxis(weight, 0, 2 * h, h);
    Value gateBias = b.sliceAxis(bias, 0, 0, 2 * h);
    Value newBias = b.sliceAxis(bias, 0, 2 * h, h);
    Activation f = r.activations[2 * d], g = r.activations[2 * d + 1];
    results.push_back(runSteps(
        r, d, {r.initial(5, d)}, [&](Value in, const Values &states) -> Values {
          Value old = states[0];
          Value sum =
              b.add(b.contract(old, gateWeight, {}, {}, {1}, {1}), gateBias);
          Value z = f(b, b.add(gate(b, in, 0, h), gate(b, sum, 0, h)));
          Value reset = f(b, b.add(gate(b, in, 1, h), gate(b, sum, 1, h)));
          Value inner =
              linearFirst
                  ? b.mul(reset,
                          b.add(b.contract(old, newWeight, {}, {}, {1}, {1}),
                                newBias))
                  : b.add(b.contract(b.mul(reset, old), newWeight, {}, {}, {1},
                                     {1}),
                          newBias);
          Value fresh = g(b, b.add(gate(b, in, 2, h), inner));
          Value rest = b.sub(b.like(1, z), z);
          return {b.add(b.mul(rest, fresh), b.mul(z, old))};
        }));
  }
  return finish(r, results, false);
}

static Values lstm(Node &node) {
  Builder &b = node.b;
  Recurrence r(node, 4, {sigmoid, tangent, tangent});
  if (node.integer("input_forget", 0))
    throw Refusal("'input_forget' is not supported");
  std::vector<Values> results;
  for (int64_t d = 0; d < r.directions; ++d) {
    int64_t h = r.hidden;
    Value weight = r.part(node.input(2), d), bias = r.bias(d, true);
    Value peepholes = node.has(7) ? r.part(node.input(7), d) : Value();
    Activation f = r.activations[3 * d], g = r.activations[3 * d + 1],
               last = r.activations[3 * d + 2];
    results.push_back(runSteps(
        r, d, {r.initial(5, d), r.initial(6, d)},
        [&](Value in, const Values &states) -> Values {
          Value sum = b.add(
              in, b.add(b.contract(states[0], weight, {}, {}, {1}, {1}), bias));
          // Gates stand as input, output, forget, cell; peepholes as input,
          // output, forget.
          auto gateOf = [&](int64_t i, Value cell) {
            Value value = gate(b, sum, i, h);
            return peepholes && cell
                       ? b.add(value, b.mul(cell, gate(b, peepholes, i, h)))
                       : value;
          };
          Value taken = f(b, gateOf(0, states[1]));
          Value forget = f(b, gateOf(2, states[1]));
          Value fresh = g(b, gateOf(3, {}));
          Value cell = b.add(b.mul(forget, states[1]), b.mul(taken, fresh));
          Value out = f(b, gateOf(1, cell));
          return {b.mul(out, last(b, cell)), cell};
        }));
  }
  return finish(r, results, true);
}

ArrayRef<OpEntry> dlcc::onnx_reader::recurrentOps() {
  static const OpEntry table[] = {
      {"GRU", 7, gru},
      {"LSTM", 7, lstm},
      {"RNN", 7, rnn},
  };
  return table;
}
