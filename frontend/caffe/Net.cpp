//===- Net.cpp - the layers of a net in one form --------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/Net.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace dlcc::caffe_reader;
using llvm::StringRef;

/// Types of the older syntax and what they are called now.
static std::string newerType(const Field &field) {
  static constexpr std::pair<StringRef, StringRef> types[] = {
      {"ABSVAL", "AbsVal"},
      {"ACCURACY", "Accuracy"},
      {"ARGMAX", "ArgMax"},
      {"BNLL", "BNLL"},
      {"CONCAT", "Concat"},
      {"CONTRASTIVE_LOSS", "ContrastiveLoss"},
      {"CONVOLUTION", "Convolution"},
      {"DATA", "Data"},
      {"DECONVOLUTION", "Deconvolution"},
      {"DROPOUT", "Dropout"},
      {"DUMMY_DATA", "DummyData"},
      {"ELTWISE", "Eltwise"},
      {"EUCLIDEAN_LOSS", "EuclideanLoss"},
      {"EXP", "Exp"},
      {"FLATTEN", "Flatten"},
      {"HDF5_DATA", "HDF5Data"},
      {"HDF5_OUTPUT", "HDF5Output"},
      {"HINGE_LOSS", "HingeLoss"},
      {"IM2COL", "Im2col"},
      {"IMAGE_DATA", "ImageData"},
      {"INFOGAIN_LOSS", "InfogainLoss"},
      {"INNER_PRODUCT", "InnerProduct"},
      {"LRN", "LRN"},
      {"MEMORY_DATA", "MemoryData"},
      {"MULTINOMIAL_LOGISTIC_LOSS", "MultinomialLogisticLoss"},
      {"MVN", "MVN"},
      {"POOLING", "Pooling"},
      {"POWER", "Power"},
      {"RELU", "ReLU"},
      {"SIGMOID", "Sigmoid"},
      {"SIGMOID_CROSS_ENTROPY_LOSS", "SigmoidCrossEntropyLoss"},
      {"SILENCE", "Silence"},
      {"SLICE", "Slice"},
      {"SOFTMAX", "Softmax"},
      {"SOFTMAX_LOSS", "SoftmaxWithLoss"},
      {"SPLIT", "Split"},
      {"TANH", "TanH"},
      {"THRESHOLD", "Threshold"},
      {"WINDOW_DATA", "WindowData"},
  };
  if (field.kind == Field::Word)
    for (const auto &[older, newer] : types)
      if (field.text == older)
        return newer.str();
  throw Refusal(field.valuePlace,
                field.kind == Field::Text
                    ? "the type of `layers` is a word such as CONVOLUTION; a "
                      "type in quotes belongs to `layer`"
                    : "'" + llvm::Twine(field.text) +
                          "' is no type of `layers`");
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

static constexpr StringRef kPhases[] = {"TRAIN", "TEST"};

static bool meets(const Message &rule, StringRef phase,
                  const std::vector<std::string> &stages) {
  // The level of a solver's state is 0 unless it says more, which is refused.
  bool fits = rule.word("phase", kPhases, phase) == phase;
  fits &= rule.integer("min_level", 0, INT32_MIN) <= 0;
  fits &= rule.integer("max_level", 0, INT32_MIN) >= 0;
  for (const std::string &stage : rule.texts("stage"))
    fits &= llvm::is_contained(stages, stage);
  for (const std::string &stage : rule.texts("not_stage"))
    fits &= !llvm::is_contained(stages, stage);
  return fits;
}

static bool isIncluded(const Message &layer, StringRef phase,
                       const std::vector<std::string> &stages) {
  auto includes = layer.groups("include"), excludes = layer.groups("exclude");
  if (!includes.empty() && !excludes.empty())
    throw Refusal(layer.place, "a layer has rules to include it or rules to "
                               "exclude it, not both");
  auto meetsRule = [&](const Message *rule) {
    return meets(*rule, phase, stages);
  };
  // All of them are read, so that a mistake in any is found.
  bool anyInclude = false, anyExclude = false;
  for (const Message *rule : includes)
    anyInclude |= meetsRule(rule);
  for (const Message *rule : excludes)
    anyExclude |= meetsRule(rule);
  return includes.empty() ? !anyExclude : anyInclude;
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

/// `param { name: … lr_mult: … decay_mult: … }`.
static std::vector<ParamSpec> readParams(const Message &message) {
  std::vector<ParamSpec> params;
  for (const Message *param : message.groups("param")) {
    param->ignore({"share_mode"});
    params.push_back({param->text("name"), param->number("lr_mult", 1),
                      param->number("decay_mult", 1), param->place});
  }
  return params;
}

/// `param: "name"`, `blobs_lr: 1`, `weight_decay: 1`, each for a blob.
static std::vector<ParamSpec> readOlderParams(const Message &message) {
  message.ignore({"blob_share_mode"});
  auto names = message.texts("param");
  auto rates = message.numbers("blobs_lr");
  auto decays = message.numbers("weight_decay");
  std::vector<ParamSpec> params(
      std::max({names.size(), rates.size(), decays.size()}));
  for (auto [i, param] : llvm::enumerate(params)) {
    param.place = message.place;
    if (i < names.size())
      param.name = names[i];
    if (i < rates.size())
      param.rate = rates[i];
    if (i < decays.size())
      param.decay = decays[i];
  }
  return params;
}

static Layer readLayer(const Message &message, bool isOlder,
                       const Stages &stages) {
  Layer layer;
  layer.message = &message;
  const Field *name = message.find("name"), *type = message.find("type");
  layer.place = name ? name->valuePlace : message.place;
  layer.name = name ? textOf(*name) : "";
  if (message.has("layer"))
    throw Refusal(message.place, "this syntax of the first Caffe (`layers { "
                                 "layer { … } }`) is not supported; Caffe's "
                                 "upgrade_net_proto_text brings it up to date");
  if (!type)
    throw Refusal(message.place, "layer '" + layer.name + "' has no type");
  layer.type = isOlder ? newerType(*type) : textOf(*type);
  layer.bottoms = message.texts("bottom");
  layer.tops = message.texts("top");
  layer.lossWeights = message.numbers("loss_weight");
  layer.params = isOlder ? readOlderParams(message) : readParams(message);
  layer.inTrain = isIncluded(message, "TRAIN", stages.train);
  layer.inTest = isIncluded(message, "TEST", stages.test);
  // The phase is a net's own note; what is propagated down follows from what is
  // trained.
  message.ignore({"phase", "propagate_down", "blobs"});
  for (const auto *names : {&layer.bottoms, &layer.tops})
    if (llvm::is_contained(*names, ""))
      throw Refusal(layer.place, "a blob has a name, not \"\"");
  if (layer.lossWeights.size() > layer.tops.size())
    throw Refusal(layer.place, "it has more loss weights than tops");
  return layer;
}

/// `input: "data"` with `input_shape { dim: … }` or four `input_dim` each.
static std::vector<NetInput> readInputs(const Message &file) {
  std::vector<NetInput> inputs;
  auto shapes = file.groups("input_shape");
  auto dims = file.all("input_dim");
  auto names = file.all("input");
  for (auto [i, name] : llvm::enumerate(names)) {
    NetInput input = {textOf(*name), {}, name->valuePlace};
    if (i < shapes.size())
      input.dims = shapes[i]->integers("dim", 1);
    else
      for (size_t k = 4 * i; k < 4 * i + 4 && k < dims.size(); ++k)
        input.dims.push_back(integerOf(*dims[k], 1, int64_t(1) << 40));
    inputs.push_back(std::move(input));
  }
  bool hasShapes = !shapes.empty();
  size_t given = hasShapes ? shapes.size() : dims.size();
  size_t wanted = names.size() * (hasShapes ? 1 : 4);
  if (hasShapes && !dims.empty())
    throw Refusal(dims.front()->place, "a net has input_shape or input_dim, "
                                       "not both");
  if (given != wanted)
    throw Refusal(names.empty() ? file.place : names.front()->place,
                  llvm::Twine(names.size()) + " inputs have " +
                      llvm::Twine(given) +
                      (hasShapes ? " input_shape" : " input_dim") + ", not " +
                      llvm::Twine(wanted));
  return inputs;
}

/// A loss may leave out its top, which is then called after the layer, or,
/// where another blob is called so, with a number.
static void nameLossTops(Net &net) {
  llvm::StringSet<> taken;
  for (const Layer &layer : net.layers)
    for (const std::string &top : layer.tops)
      taken.insert(top);
  unsigned number = 1;
  for (Layer &layer : net.layers) {
    if (!StringRef(layer.type).ends_with("Loss") || !layer.tops.empty())
      continue;
    std::string name = layer.name.empty() ? "loss" : layer.name, top = name;
    while (!taken.insert(top).second)
      top = name + "_" + std::to_string(number++);
    layer.tops.push_back(top);
  }
}

Net dlcc::caffe_reader::readNet(const Message &file, const Stages &stages) {
  Net net;
  const Field *name = file.find("name");
  net.name = name ? textOf(*name) : "";
  net.place = name ? name->valuePlace : file.place;
  file.ignore({"force_backward", "state", "debug_info"});
  net.inputs = readInputs(file);
  auto older = file.groups("layers"), newer = file.groups("layer");
  if (!older.empty() && !newer.empty())
    throw Refusal(newer.front()->place,
                  "a net has `layer` or `layers`, not both");
  bool isOlder = !older.empty();
  for (const Message *message : isOlder ? older : newer)
    net.layers.push_back(readLayer(*message, isOlder, stages));
  for (const Field &field : file.fields)
    if (!field.isRead)
      throw Refusal(field.place, "'" + field.name +
                                     "' is no field of a net, or not "
                                     "supported");
  if (net.layers.empty())
    throw Refusal(file.place, "it is no Caffe net: it has no layer");
  nameLossTops(net);
  llvm::StringSet<> train, test;
  for (const Layer &layer : net.layers) {
    if (layer.name.empty())
      continue;
    bool isTwice = layer.inTrain && !train.insert(layer.name).second;
    isTwice |= layer.inTest && !test.insert(layer.name).second;
    if (isTwice)
      throw Refusal(layer.place,
                    "a second layer is called '" + layer.name + "'");
  }
  return net;
}
