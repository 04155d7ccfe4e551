//===- Translator.cpp - a net in the model language -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/Translator.h"

#include "frontend/caffe/Library.inc"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc::caffe_reader;
using llvm::StringRef;

namespace {
/// A layer reads what an earlier mistake has left unmade; nothing to say.
struct FollowsFromMistake {};
} // namespace

/// Words of the language, names of the library's functions and of others that
/// lines call: blobs are called otherwise.
static llvm::StringSet<> takenNames(const Net &net) {
  llvm::StringSet<> taken;
  for (const char *word :
       {"fn",          "model",       "training",    "layer",     "const",
        "import",      "for",         "in",          "if",        "else",
        "repeat",      "return",      "true",        "false",     "none",
        "and",         "or",          "not",         "batch",     "step",
        "epoch",       "epochs",      "loss",        "optimizer", "ema",
        "clip_norm",   "clip_value",  "accumulate",  "report",    "parameters",
        "only",        "data",        "extern",      "state",     "concat",
        "constant",    "uniform",     "sum",         "f32",       "sgd",
        "adam",        "rmsprop",     "adagrad",     "adadelta",  "pi",
        "inf",         "nan",         "floor",       "exp",       "normalize",
        "random_crop", "center_crop", "random_flip", "resize",    "minimum",
        "sign",        "gradient",    "scan"})
    taken.insert(word);
  taken.erase("data");
  StringRef library = kLibrary;
  for (size_t at = 0; (at = library.find("\nfn ", at)) != StringRef::npos;) {
    at += 4;
    taken.insert(
        library.substr(at).take_until([](char c) { return c == '('; }));
  }
  for (const Layer &layer : net.layers)
    if (!findLayer(layer.type))
      taken.insert(functionOf(layer.type));
  return taken;
}

Translator::Translator(const Net &net, const Options &options, bool hasSolver)
    : net(net), options(options), hasSolver(hasSolver), names(takenNames(net)) {
}

std::string Translator::rows() const {
  return hasFixedRows ? spell(options.batch.value_or(batch.value_or(1)))
                      : "batch";
}

//===----------------------------------------------------------------------===//
// What is known beforehand
//===----------------------------------------------------------------------===//

/// Layers that move rows want their number: the dimension `batch`, of which a
/// caller may give fewer, stays whole.
void Translator::scanRows(const Layer &layer) {
  for (const Field &field : layer.message->fields) {
    if (field.kind != Field::Group)
      continue;
    for (const Field &setting : field.group->fields)
      if ((setting.name == "axis" || setting.name == "concat_dim" ||
           setting.name == "slice_dim") &&
          setting.text == "0" && layer.type != "Reshape" &&
          layer.type != "Reduction")
        rowMover = &layer;
  }
  if (layer.type != "Reshape")
    return;
  const Message &param = layer.message->group("reshape_param");
  const Field *dim = param.group("shape").fields.empty()
                         ? nullptr
                         : &param.group("shape").fields.front();
  bool fromStart = !param.has("axis") || param.find("axis")->text == "0";
  if (dim && fromStart && dim->text != "0" && dim->text != "-1")
    rowMover = &layer;
}

void Translator::scan() {
  for (const Layer &layer : net.layers) {
    if (layer.inTrain)
      for (const std::string &top : layer.tops)
        trainedTops.insert(top);
    hasData |= isDataLayer(layer.type) && layer.type != "Input";
    scanRows(layer);
    hasFixedRows = rowMover != nullptr;
    bool isClassLoss = layer.type == "SoftmaxWithLoss" ||
                       layer.type == "Accuracy" || layer.type == "HingeLoss" ||
                       layer.type == "MultinomialLogisticLoss";
    if (isClassLoss && layer.bottoms.size() > 1)
      classLabels.insert(layer.bottoms[1]);
    if (layer.type == "ContrastiveLoss" && layer.bottoms.size() > 2)
      classLabels.insert(layer.bottoms[2]);
    if (layer.type == "Embed" && !layer.bottoms.empty())
      classLabels.insert(layer.bottoms[0]);
    std::set<std::string> own;
    for (const ParamSpec &param : layer.params)
      if (!param.name.empty() && own.insert(param.name).second)
        ++sharers[param.name];
  }
  if (hasFixedRows && hasSolver)
    throw Refusal(rowMover->place,
                  rowMover->subject() +
                      ": it moves rows of a batch, which is not supported in "
                      "training");
  findTerms();
}

/// Every top of a loss counts once, unless its weight says otherwise. A single
/// one is the loss itself.
void Translator::findTerms() {
  for (const Layer &layer : net.layers)
    for (auto [i, top] : llvm::enumerate(layer.tops)) {
      double weight =
          i < layer.lossWeights.size() ? layer.lossWeights[i]
          : isLoss(layer.type) && i == 0 && layer.lossWeights.empty() ? 1
                                                                      : 0;
      if (weight != 0 && layer.inTrain)
        terms.push_back({&layer, top, weight});
    }
  // The sum is one expression of the language.
  constexpr size_t kMostTerms = 300;
  if (hasSolver && terms.size() > kMostTerms)
    throw Refusal(net.place, "the net has more than " +
                                 llvm::Twine(kMostTerms) + " losses");
  for (const Term &term : terms)
    termOf.try_emplace(term.layer, &term);
  if (terms.size() == 1 && terms[0].weight == 1 && terms[0].layer->inTest &&
      isLoss(terms[0].layer->type) && (hasData || hasSolver))
    names.assign(terms[0].top, "loss");
}

//===----------------------------------------------------------------------===//
// Blobs
//===----------------------------------------------------------------------===//

void Translator::addInput(const Layer &layer, const std::string &name,
                          std::vector<std::string> dims, bool isLabel) {
  Blob &blob = values[name];
  blob.inTrain |= layer.inTrain;
  blob.inTest |= layer.inTest;
  // The data layers of both phases make one input.
  if (blob.isInput)
    return;
  blob.name = names.of(name);
  blob.isInput = true;
  blob.section = isLabel ? Section::Training : Section::Model;
  const char *type = isClassLabel(name) ? "i32" : "f32";
  std::string text =
      blob.name + ": " + type + "[" + llvm::join(dims, ", ") + "]";
  (isLabel ? labelInputs : modelInputs).push_back(text);
}

void Translator::addFeed(const Layer &layer, const std::string &input,
                         const std::string &expression) {
  InputFeed feed = {names.of(input) + " = " + expression, layer.place,
                    layer.subject()};
  if (layer.inTrain)
    trainFeeds.try_emplace(input, feed);
  if (layer.inTest)
    testFeeds.try_emplace(input, feed);
}

void Translator::setBatch(const Layer &layer, int64_t rows) {
  if (batch && (hasBatchOfTraining || !layer.inTrain))
    return;
  batch = rows;
  hasBatchOfTraining = layer.inTrain;
}

std::string Translator::valueOf(const Layer &layer, const std::string &blob) {
  auto found = values.find(blob);
  if (found == values.end())
    throw Refusal(layer.place,
                  "it reads '" + blob + "', which no layer before it makes");
  Blob &value = found->second;
  if (value.isBroken)
    throw FollowsFromMistake();
  if ((layer.inTrain && layer.inTest && !(value.inTrain && value.inTest)) ||
      (layer.inTrain && !value.inTrain) || (layer.inTest && !value.inTest))
    throw Refusal(layer.place, "it reads '" + blob +
                                   "', which is not there in phase " +
                                   (value.inTrain ? "TEST" : "TRAIN"));
  bool isInPlace = llvm::is_contained(layer.tops, blob);
  Section section = sectionOf(layer);
  if (section == Section::Training)
    value.isTrainedOn = true;
  else if (layer.inTest && !isInPlace)
    value.isConsumed = true;
  return value.name;
}

/// What depends on labels, losses and what is measured belongs to training.
Translator::Section Translator::sectionOf(const Layer &layer) const {
  if (!hasData && !hasSolver)
    return Section::Model;
  if (isLoss(layer.type) || layer.type == "Accuracy")
    return Section::Training;
  for (const std::string &bottom : layer.bottoms)
    if (auto found = values.find(bottom);
        found != values.end() && found->second.section == Section::Training)
      return Section::Training;
  return Section::Model;
}

void Translator::bindTops(const Layer &layer, Section section, bool inTrain,
                          bool inTest) {
  for (const std::string &top : layer.tops) {
    auto [entry, isNew] = values.try_emplace(top);
    Blob &blob = entry->second;
    bool isInPlace = llvm::is_contained(layer.bottoms, top);
    if (!isNew && !isInPlace && !blob.isBroken &&
        ((blob.inTrain && inTrain) || (blob.inTest && inTest)))
      throw Refusal(layer.place, "'" + top + "' is made a second time");
    if (isNew || (isInPlace && !blob.isOrdered)) {
      order.push_back(top);
      blob.isOrdered = true;
    }
    blob.name = names.of(top);
    blob.section = section;
    blob.inTrain |= inTrain;
    blob.inTest |= inTest;
    if (!isInPlace)
      blob.isConsumed = false;
    // Another value than the input of that name.
    blob.isInput = false;
  }
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

/// Layers of the test phase alone are computed in both, where nothing is in
/// their way: whoever does not need them does not compute them.
bool Translator::isConditional(const Layer &layer) const {
  if (layer.inTrain == layer.inTest)
    return false;
  if (layer.inTrain)
    return true;
  for (const std::string &bottom : layer.bottoms)
    if (auto found = values.find(bottom);
        found != values.end() && !found->second.inTrain)
      return true;
  return llvm::any_of(layer.tops, [&](const std::string &top) {
    return trainedTops.contains(top);
  });
}

void Translator::addLine(const Layer &layer, Section section,
                         const std::string &text, bool isConditional,
                         const std::string &subject) {
  std::string line = text;
  if (isConditional)
    line =
        (layer.inTrain ? "if training { " : "if not training { ") + text + " }";
  (section == Section::Model ? model : training)
      .add("  " + line, layer.place, subject);
}

/// Takes blobs from layers that had them first. Where this layer is the first,
/// the name of the layer to declare; else "".
std::string Translator::shareBlobs(const Layer &layer, Call &call,
                                   llvm::ArrayRef<StringRef> blobs) {
  LayerBlobs stored = {layer.name, {}, false};
  std::string declared;
  for (auto [i, blob] : llvm::enumerate(blobs)) {
    ParamSpec spec;
    if (i < layer.params.size())
      spec = layer.params[i];
    bool isShared = !spec.name.empty() && sharers[spec.name] > 1;
    // Statistics are no parameters: no rate trains them.
    bool isTrained = blob == "weight" || blob == "bias";
    if (isShared && !isTrained)
      throw Refusal(spec.place,
                    "sharing the blobs of this type is not supported");
    auto first = shared.find(spec.name);
    if (isShared && first != shared.end()) {
      call.set(blob, first->second.reference);
      stored.names.push_back(first->second.name);
      continue;
    }
    if (isShared && declared.empty())
      declared = names.fresh(layer.name + "_shared");
    std::string full = layer.name + "." + blob.str();
    if (isShared)
      shared[spec.name] = {declared + "." + blob.str(), full};
    stored.names.push_back(full);
    if (isTrained)
      trainedBlobs.push_back({full, spec});
  }
  if (layer.params.size() > blobs.size())
    throw Refusal(layer.params[blobs.size()].place,
                  "it has " + llvm::Twine(layer.params.size()) +
                      " of `param` for " + llvm::Twine(blobs.size()) +
                      (blobs.size() == 1 ? " blob" : " blobs"));
  if (!blobs.empty())
    this->blobs.push_back(std::move(stored));
  return declared;
}

void Translator::makeLayer(const Layer &layer, Call call,
                           llvm::ArrayRef<StringRef> blobs, bool isCustom) {
  Section section = sectionOf(layer);
  bool conditional = isConditional(layer);
  std::string path = layer.name.empty() && !layer.tops.empty()
                         ? layer.tops.front()
                         : layer.name;
  std::string declared;
  if (isCustom)
    this->blobs.push_back({layer.name, {}, true});
  else
    declared = shareBlobs(layer, call, blobs);
  bool inTrain = layer.inTrain || !conditional, inTest = layer.inTest;
  bindTops(layer, section, inTrain, inTest);
  // Kernels are called after the layer, too. What is built in takes no name.
  if (call.function != "concat")
    call.set("name", quote(path));
  if (!declared.empty()) {
    Call settings = {call.function, {}, call.settings};
    addLine(layer, section, "layer " + declared + " = " + settings.str(),
            conditional, layer.subject());
    call = {declared, call.inputs, {}};
  }
  // A loss of the training phase alone is no metric, which both have.
  auto found = termOf.find(&layer);
  if (found != termOf.end() && section == Section::Training && conditional &&
      layer.inTrain) {
    const Term &term = *found->second;
    trainOnlyLosses.push_back("if training { loss = loss + " +
                              spell(term.weight) + " * " + call.str() + " }");
    return;
  }
  std::vector<std::string> targets;
  for (const std::string &top : layer.tops)
    targets.push_back(names.of(top));
  // Of a function that is not there the user wants to know whence it came.
  std::string subject =
      isCustom ? layer.subject() + ", the function '" + call.function + "'"
               : layer.subject();
  if (!targets.empty())
    addLine(layer, section, llvm::join(targets, ", ") + " = " + call.str(),
            conditional, subject);
}

void Translator::writeLayer(const Layer &layer) {
  if (!layer.inTrain && !layer.inTest)
    return layer.message->ignore({});
  if (isDataLayer(layer.type)) {
    readDataLayer(layer, *this);
  } else {
    LayerText text(layer, *this);
    LayerFunction function = findLayer(layer.type);
    if (StringRef why = whyNot(layer.type); !function && !why.empty())
      throw Refusal(layer.place, why);
    function ? function(text) : writeCustomLayer(text);
  }
  layer.message->refuseUnread();
}

//===----------------------------------------------------------------------===//
// The end
//===----------------------------------------------------------------------===//

/// The sum of all terms.
void Translator::addLoss() {
  std::string sum;
  const Layer *first = nullptr;
  for (const Term &term : terms) {
    auto found = values.find(term.top);
    if (found == values.end() || (isConditional(*term.layer)))
      continue;
    std::string value = found->second.name;
    if (!isLoss(term.layer->type))
      value = "sum(" + value + ")";
    if (term.weight != 1)
      value = spell(term.weight) + " * " + value;
    sum += (sum.empty() ? "" : " + ") + value;
    first = first ? first : term.layer;
  }
  if (!first)
    throw Refusal(net.place, "the net has no loss in both phases, so it cannot "
                             "be trained");
  if (sum != "loss")
    training.add("  loss = " + sum, first->place, first->subject());
  for (const std::string &line : trainOnlyLosses)
    training.add("  " + line, first->place, first->subject());
}

/// As in Caffe what no layer reads; and of a net that is trained what its
/// losses read.
void Translator::findOutputs() {
  for (const std::string &name : order) {
    const Blob &blob = values.at(name);
    if (blob.section == Section::Model && blob.inTest && !blob.isBroken &&
        (!blob.isConsumed || blob.isTrainedOn))
      outputs.push_back(blob.name);
  }
  if (outputs.empty())
    throw Refusal(net.place, "no layer of the net makes an output");
}

void Translator::run() {
  scan();
  if (batch == std::nullopt && !net.inputs.empty() &&
      !net.inputs[0].dims.empty())
    batch = net.inputs[0].dims[0];
  for (const NetInput &input : net.inputs) {
    Layer layer;
    layer.name = input.name;
    layer.type = "Input";
    layer.place = input.place;
    addInput(layer, input.name, inputDims(input.dims), /*isLabel=*/false);
  }
  for (const Layer &layer : net.layers) {
    try {
      writeLayer(layer);
      continue;
    } catch (const Refusal &refusal) {
      errors.emplace_back(refusal, layer.subject());
    } catch (const FollowsFromMistake &) {
    }
    for (const std::string &top : layer.tops) {
      Blob &blob = values[top];
      blob.name = names.of(top);
      blob.isBroken = true;
    }
  }
  if (!errors.empty())
    return;
  findOutputs();
  if (hasSolver)
    addLoss();
  for (const auto &[split, feeds] :
       {std::pair("train", &trainFeeds), std::pair("test", &testFeeds)})
    for (const auto &[input, feed] : *feeds)
      data.add("data " + std::string(split) + " { " + feed.expression + " }",
               feed.place, feed.subject);
}

/// The first dimension is the rows where it is the first input's.
std::vector<std::string>
Translator::inputDims(llvm::ArrayRef<int64_t> dims) const {
  std::vector<std::string> texts;
  for (int64_t dim : dims)
    texts.push_back(texts.empty() && batch && dim == *batch ? rows()
                                                            : spell(dim));
  return texts;
}
