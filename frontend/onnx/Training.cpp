//===- Training.cpp - what an ONNX model is trained for -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/Training.h"

#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace dlcc;
using namespace dlcc::onnx_reader;
using dlc::Comparison;

//===----------------------------------------------------------------------===//
// Losses
//===----------------------------------------------------------------------===//

namespace {

/// What a loss gets: of one with classes the prediction has these last, and the
/// target is a label for each row of them; of others both have one shape.
struct Pair {
  Value prediction, target;
};

struct LossRule {
  const char *name;
  bool hasClasses;
  const char *setting; ///< the one it has, or null
  double preset;
  /// The loss of each row or element, whose mean is the loss.
  Value (*each)(Builder &b, const Pair &pair, double setting);
  /// Whether each is right, a bool; null where that has no meaning.
  Value (*isRight)(Builder &b, const Pair &pair);
  /// The operator whose result it does not take, and why it does not.
  const char *noResultOf;
};

} // namespace

/// True at the label's class: of labels [n, …] a bool [n, …, classes].
static Value hitOf(Builder &b, const Pair &pair) {
  Value places = b.iota(b.rankOf(pair.prediction) - 1,
                        b.shapeOf(pair.prediction), b.elementOf(pair.target));
  Value label = b.insertAxis(pair.target, b.rankOf(pair.target));
  return b.compare(Comparison::EQ, label, places);
}

/// The score of the label's class.
static Value chosenOf(Builder &b, const Pair &pair, Value scores) {
  Value hit = b.select(hitOf(b, pair), scores, b.like(0, scores));
  return b.sum(hit, {b.rankOf(scores) - 1}, false);
}

static Value softmaxCrossEntropy(Builder &b, const Pair &pair, double) {
  Value x = pair.prediction;
  int64_t last = b.rankOf(x) - 1;
  Value highest = b.reduce(dlc::ReduceKind::Max,
                           b.unary<dlc::StopGradientOp>(x), {last}, true);
  Value z = b.sub(x, highest);
  Value total = b.log(b.sum(b.exp(z), {last}, false));
  return b.sub(total, chosenOf(b, pair, z));
}

static Value nllLoss(Builder &b, const Pair &pair, double) {
  return b.neg(chosenOf(b, pair, pair.prediction));
}

static Value sigmoidCrossEntropy(Builder &b, const Pair &pair, double) {
  Value x = pair.prediction;
  Value rest = b.unary<dlc::Log1pOp>(b.exp(b.neg(b.unary<dlc::AbsOp>(x))));
  return b.add(b.sub(b.max(x, b.like(0, x)), b.mul(x, pair.target)), rest);
}

static Value squaredError(Builder &b, const Pair &pair, double) {
  Value d = b.sub(pair.prediction, pair.target);
  return b.mul(d, d);
}

static Value absoluteError(Builder &b, const Pair &pair, double) {
  return b.unary<dlc::AbsOp>(b.sub(pair.prediction, pair.target));
}

static Value huber(Builder &b, const Pair &pair, double delta) {
  Value d = absoluteError(b, pair, 0);
  Value near = b.mul(b.mul(d, d), 0.5);
  Value far = b.mul(b.add(d, -0.5 * delta), delta);
  return b.select(b.compare(Comparison::LT, d, b.like(delta, d)), near, far);
}

static Value isLikeliest(Builder &b, const Pair &pair) {
  Value best = b.argReduce(dlc::ReduceKind::Max, pair.prediction,
                           b.rankOf(pair.prediction) - 1);
  return b.compare(Comparison::EQ, b.cast(best, b.elementOf(pair.target)),
                   pair.target);
}

static Value isOnSameSide(Builder &b, const Pair &pair) {
  auto isPositive = [&](Value x) {
    return b.compare(Comparison::GT, x, b.like(0, x));
  };
  return b.compare(Comparison::EQ, isPositive(pair.prediction),
                   isPositive(pair.target));
}

static ArrayRef<LossRule> lossRules() {
  static const LossRule rules[] = {
      {"softmax_cross_entropy", true, "axis", -1, softmaxCrossEntropy,
       isLikeliest, "Softmax"},
      {"nll_loss", true, "axis", -1, nllLoss, isLikeliest, "Softmax"},
      {"sigmoid_cross_entropy", false, nullptr, 0, sigmoidCrossEntropy,
       isOnSameSide, "Sigmoid"},
      {"mean_squared_error", false, nullptr, 0, squaredError, nullptr, nullptr},
      {"mean_absolute_error", false, nullptr, 0, absoluteError, nullptr,
       nullptr},
      {"huber", false, "delta", 1, huber, nullptr, nullptr},
  };
  return rules;
}

static const LossRule *findLoss(llvm::StringRef name) {
  for (const LossRule &rule : lossRules())
    if (name == rule.name)
      return &rule;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Training
//===----------------------------------------------------------------------===//

Training::Training(const std::string &loss, const std::string &optimizer)
    : loss(FlagCall::parse("--loss", loss)),
      optimizer(Optimizer::parse(optimizer)) {
  const LossRule *rule = findLoss(this->loss.function);
  llvm::SmallVector<llvm::StringRef> names;
  if (rule && rule->setting)
    names.push_back(rule->setting);
  this->loss.allow(names);
}

/// The node that makes a value of the graph; null for inputs and the like.
static const onnx::NodeProto *makerOf(const onnx::GraphProto &graph,
                                      llvm::StringRef value) {
  for (const onnx::NodeProto &node : graph.node())
    for (const std::string &output : node.output())
      if (value == output)
        return &node;
  return nullptr;
}

/// The name of the value that the loss is of.
static std::string predictionName(const FlagCall &loss,
                                  const onnx::GraphProto &graph) {
  if (!loss.argument.empty())
    return loss.argument;
  if (graph.output_size() != 1) {
    std::string names;
    for (const onnx::ValueInfoProto &output : graph.output())
      names += (names.empty() ? "" : ", ") + output.name();
    throw Refusal("--loss: the model has several outputs (" + names +
                  "); name one, --loss='" + loss.function + "(" +
                  graph.output(0).name() + ")'");
  }
  return graph.output(0).name();
}

/// The sum of all elements over their count; the first dimension may be rows.
static Value meanOfAll(Builder &b, Value x) {
  int64_t others = 1;
  for (int64_t size : b.shapeOf(x).drop_front())
    others *= size;
  Value count = b.count(b.shapeOf(x)[0], b.elementOf(x));
  return b.div(b.sum(x, upTo(b.rankOf(x)), false),
               others == 1 ? count : b.mul(count, double(others)));
}

/// Floats of the loss are f32 at least.
static Value widened(Builder &b, Value x) {
  return b.elementOf(x).getIntOrFloatBitWidth() < 32 ? b.cast(x, b.f32()) : x;
}

/// Classes become the last axis.
static Value withClassesLast(Builder &b, Value x, double axis) {
  int64_t rank = b.rankOf(x);
  if (axis != std::floor(axis) || axis < -rank || axis >= rank ||
      (axis == 0 && rank > 1))
    throw Refusal("--loss: a prediction of shape " + toString(b.shapeOf(x)) +
                  " has no classes along axis " + llvm::Twine(int64_t(axis)));
  int64_t at = Node::axis(int64_t(axis), rank);
  Ints order;
  for (int64_t i = 0; i < rank; ++i)
    if (i != at)
      order.push_back(i);
  order.push_back(at);
  return b.transpose(x, order);
}

Training::Measures Training::measure(Builder &b, const onnx::GraphProto &graph,
                                     const Scope &scope,
                                     InputMaker makeInput) const {
  const LossRule *rule = findLoss(loss.function);
  if (!rule) {
    // A model may compute its loss itself.
    Value own = loss.argument.empty() ? scope.find(loss.function) : Value();
    if (!own) {
      std::string names;
      for (const LossRule &known : lossRules())
        names += std::string(names.empty() ? "" : ", ") + known.name;
      throw Refusal("--loss: '" + loss.function +
                    "' is no loss and no scalar of the model; losses are " +
                    names);
    }
    if (!b.isFloat(own) || b.sizeOf(own) != 1)
      throw Refusal("--loss: '" + loss.function + "' is no scalar float but " +
                    nameOf(b.elementOf(own)) + toString(b.shapeOf(own)));
    return {{"loss", widened(b, b.reshape(own, {}))}};
  }
  std::string name = predictionName(loss, graph);
  Value x = scope.find(name);
  if (!x)
    throw Refusal("--loss: the model makes no value called '" + name + "'");
  const onnx::NodeProto *maker = makerOf(graph, name);
  if (maker && rule->noResultOf && maker->op_type() == rule->noResultOf)
    throw Refusal("--loss: '" + name + "' is the result of a " +
                  maker->op_type() + " already; " + rule->name + " is of its " +
                  (llvm::StringRef(rule->name) == "nll_loss"
                       ? "logarithm"
                       : "input, --loss='" + loss.function + "(" +
                             maker->input(0) + ")'"));
  if (!b.isFloat(x) || b.rankOf(x) < (rule->hasClasses ? 2 : 1))
    throw Refusal("--loss: '" + name + "' is " + nameOf(b.elementOf(x)) +
                  toString(b.shapeOf(x)) + ", and " + rule->name +
                  (rule->hasClasses ? " takes floats for each row and class"
                                    : " takes floats for each row"));
  double setting = rule->preset;
  if (rule->setting)
    setting = loss.number(rule->setting).value_or(setting);
  Pair pair = {widened(b, x), {}};
  if (rule->hasClasses) {
    pair.prediction = withClassesLast(b, pair.prediction, setting);
    pair.target =
        makeInput("label", b.shapeOf(pair.prediction).drop_back(), b.i32());
    auto label = mlir::cast<mlir::BlockArgument>(pair.target);
    mlir::cast<mlir::func::FuncOp>(label.getOwner()->getParentOp())
        .setArgAttr(
            label.getArgNumber(), attr::kBound,
            b.builder.getI64IntegerAttr(b.shapeOf(pair.prediction).back()));
  } else {
    pair.target = makeInput("target", b.shapeOf(pair.prediction),
                            b.elementOf(pair.prediction));
  }
  Measures measures = {{"loss", meanOfAll(b, rule->each(b, pair, setting))}};
  if (rule->isRight)
    measures.emplace_back(
        "accuracy", meanOfAll(b, b.cast(rule->isRight(b, pair), b.f32())));
  return measures;
}
