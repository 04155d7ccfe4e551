//===- LayersElementwise.cpp - functions of each element ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/LayerText.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc::caffe_reader;
using llvm::StringRef;

static void plain(LayerText &layer) {
  layer.wantBlobs(1, 1);
  layer.make(layer.call());
}

/// A type whose parameters are numbers, each with its default.
static void numeric(LayerText &layer, StringRef message,
                    std::initializer_list<std::pair<StringRef, double>> names) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param(message);
  param.ignore({"engine"});
  Call call = layer.call();
  for (auto [name, otherwise] : names)
    if (double number = param.number(name, otherwise); number != otherwise)
      call.set(name, spell(number));
  layer.make(call);
}

static void relu(LayerText &layer) {
  numeric(layer, "relu_param", {{"negative_slope", 0}});
}
static void elu(LayerText &layer) {
  numeric(layer, "elu_param", {{"alpha", 1}});
}
static void power(LayerText &layer) {
  numeric(layer, "power_param", {{"power", 1}, {"scale", 1}, {"shift", 0}});
}
static void exponential(LayerText &layer) {
  numeric(layer, "exp_param", {{"base", -1}, {"scale", 1}, {"shift", 0}});
}
static void logarithm(LayerText &layer) {
  numeric(layer, "log_param", {{"base", -1}, {"scale", 1}, {"shift", 0}});
}
static void threshold(LayerText &layer) {
  numeric(layer, "threshold_param", {{"threshold", 0}});
}
static void swish(LayerText &layer) {
  numeric(layer, "swish_param", {{"beta", 1}});
}

static void clip(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("clip_param");
  if (!param.has("min") || !param.has("max"))
    layer.refuse("it needs min and max");
  Call call = layer.call();
  call.set("min", spell(param.number("min", 0)));
  call.set("max", spell(param.number("max", 0)));
  layer.make(call);
}

static void sigmoid(LayerText &layer) {
  layer.param("sigmoid_param").ignore({"engine"});
  plain(layer);
}
static void tanh(LayerText &layer) {
  layer.param("tanh_param").ignore({"engine"});
  plain(layer);
}

static void dropout(LayerText &layer) {
  layer.wantBlobs(1, 1);
  double ratio = layer.param("dropout_param").number("dropout_ratio", 0.5);
  if (!(ratio >= 0 && ratio < 1))
    layer.refuse("its dropout_ratio is not at least 0 and below 1");
  Call call = layer.call();
  call.set("dropout_ratio", spell(ratio));
  layer.make(call);
}

static void prelu(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("prelu_param");
  Call call = layer.call();
  call.set("filler", spellFiller(param, "filler", "constant(0.25)"));
  call.set("channel_shared", spellFlag(param.flag("channel_shared", false)));
  layer.make(call, {"weight"});
}

static void eltwise(LayerText &layer) {
  layer.wantBlobs(-1, 1);
  const Message &param = layer.param("eltwise_param");
  // Which gradient of a product is stable follows from the values here.
  param.ignore({"stable_prod_grad"});
  std::string operation =
      param.word("operation", {"PROD", "SUM", "MAX"}, "SUM");
  std::vector<double> coefficients = param.numbers("coeff");
  if (!coefficients.empty() && operation != "SUM")
    layer.refuse("coefficients belong to a sum");
  if (!coefficients.empty() &&
      coefficients.size() != layer.layer.bottoms.size())
    layer.refuse("there is a coefficient for each bottom, or none");
  Call call = layer.call();
  call.inputs = {"[" + llvm::join(layer.bottoms(), ", ") + "]"};
  call.set("operation", quote(operation));
  if (!coefficients.empty())
    call.set("coeff", spell(coefficients));
  layer.make(call);
}

llvm::ArrayRef<LayerEntry> dlcc::caffe_reader::elementwiseLayers() {
  static const LayerEntry table[] = {
      {"AbsVal", plain},    {"BNLL", plain},    {"Clip", clip},
      {"Dropout", dropout}, {"ELU", elu},       {"Eltwise", eltwise},
      {"Exp", exponential}, {"Log", logarithm}, {"PReLU", prelu},
      {"Power", power},     {"ReLU", relu},     {"Sigmoid", sigmoid},
      {"Swish", swish},     {"TanH", tanh},     {"Threshold", threshold},
  };
  return table;
}
