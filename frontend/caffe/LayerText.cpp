//===- LayerText.cpp - one layer on its way to the model language ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/LayerText.h"

#include "frontend/caffe/Translator.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc::caffe_reader;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Blobs
//===----------------------------------------------------------------------===//

static void wantCount(const LayerText &layer, size_t given, int wanted,
                      StringRef what) {
  if (wanted < 0 ? given > 0 : given == size_t(wanted))
    return;
  layer.refuse("it has " + llvm::Twine(given) + " " + what +
               (given == 1 ? "" : "s") + ", not " +
               (wanted < 0 ? "at least one" : llvm::Twine(wanted)));
}

void LayerText::wantBlobs(int bottoms, int tops) const {
  wantCount(*this, layer.bottoms.size(), bottoms, "bottom");
  wantCount(*this, layer.tops.size(), tops, "top");
}

std::string LayerText::bottom(size_t i) const {
  return net.valueOf(layer, layer.bottoms[i]);
}

std::vector<std::string> LayerText::bottoms() const {
  std::vector<std::string> values;
  for (size_t i = 0; i < layer.bottoms.size(); ++i)
    values.push_back(bottom(i));
  return values;
}

void LayerText::make(Call call, llvm::ArrayRef<StringRef> blobs) {
  net.makeLayer(layer, std::move(call), blobs);
}

std::vector<int64_t> LayerText::sides(const Message &param, StringRef list,
                                      StringRef side) const {
  int64_t least = side == "pad" ? 0 : 1;
  std::vector<int64_t> numbers = param.integers(list, least);
  std::string high = (side + "_h").str(), wide = (side + "_w").str();
  bool hasHigh = param.has(high), hasWide = param.has(wide);
  if (!hasHigh && !hasWide)
    return numbers;
  if (!numbers.empty())
    refuse("it has " + list + " or " + high + " and " + wide + ", not both");
  if (side == "kernel" && !(hasHigh && hasWide))
    refuse("it needs both " + high + " and " + wide);
  // A stride or padding of one side leaves the other's as it is by default.
  return {param.integer(high, least, least), param.integer(wide, least, least)};
}

//===----------------------------------------------------------------------===//
// Fillers
//===----------------------------------------------------------------------===//

std::string dlcc::caffe_reader::spellFiller(const Message &message,
                                            StringRef field,
                                            StringRef otherwise) {
  if (!message.has(field))
    return otherwise.str();
  const Message &filler = message.group(field);
  std::string type = filler.text("type", "constant");
  Call call = {type, {}, {}};
  auto set = [&](StringRef name, double value) {
    call.set(name, spell(filler.number(name, value)));
  };
  // Fillers share one message; what belongs to others has no effect in Caffe.
  filler.ignore(
      {"value", "min", "max", "mean", "std", "sparse", "variance_norm"});
  if (type == "constant") {
    set("value", 0);
  } else if (type == "uniform") {
    call.set("low", spell(filler.number("min", 0)));
    call.set("high", spell(filler.number("max", 1)));
  } else if (type == "gaussian") {
    set("mean", 0);
    set("std", 1);
    if (int64_t sparse = filler.integer("sparse", -1, -1); sparse >= 0)
      call.set("sparse", spell(sparse));
  } else if (type == "xavier" || type == "msra") {
    call.set("variance_norm",
             quote(filler.word("variance_norm",
                               {"FAN_IN", "FAN_OUT", "AVERAGE"}, "FAN_IN")));
  } else if (type != "bilinear" && type != "positive_unitball") {
    throw Refusal(filler.find("type")->valuePlace,
                  "there is no filler '" + type + "'");
  }
  return call.str();
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

LayerFunction dlcc::caffe_reader::findLayer(StringRef type) {
  for (auto *family : {productLayers, windowLayers, normalizationLayers,
                       elementwiseLayers, shapeLayers, lossLayers})
    for (const LayerEntry &entry : family())
      if (type == entry.type)
        return entry.function;
  return nullptr;
}

StringRef dlcc::caffe_reader::whyNot(StringRef type) {
  for (const char *known :
       {"HDF5Output", "Im2col", "InfogainLoss", "LSTM", "Parameter", "RNN",
        "Recurrent", "SPP", "WindowData"})
    if (type == known)
      return "layers of this type are not supported";
  for (const char *open : {"BatchReindex", "Filter"})
    if (type == open)
      return "the shape of its result depends on values, and shapes have to be "
             "known";
  return "";
}

std::string dlcc::caffe_reader::functionOf(StringRef type) {
  std::string name;
  for (size_t i = 0; i < type.size(); ++i) {
    char c = type[i];
    bool isUpper = llvm::isUpper(c);
    bool beginsWord = isUpper && i > 0 &&
                      (!llvm::isUpper(type[i - 1]) ||
                       (i + 1 < type.size() && llvm::isLower(type[i + 1])));
    if (beginsWord && name.back() != '_')
      name += '_';
    name += llvm::isAlnum(c) ? llvm::toLower(c) : '_';
  }
  return name.empty() || llvm::isDigit(name[0]) ? "_" + name : name;
}

/// A value of a custom type's parameter in the language.
static std::string spellValue(const Field &field) {
  switch (field.kind) {
  case Field::Number: {
    StringRef text = field.text;
    int64_t whole = 0;
    return text.getAsInteger(0, whole) ? spell(numberOf(field)) : spell(whole);
  }
  case Field::Text:
    return quote(field.text);
  case Field::Word:
    return field.text == "true" || field.text == "false" ? field.text
                                                         : quote(field.text);
  case Field::Group:
    break;
  }
  throw Refusal(field.place, "a message within the parameters of a layer of "
                             "one's own is not supported");
}

void dlcc::caffe_reader::writeCustomLayer(LayerText &layer) {
  const Message &message = *layer.layer.message;
  std::string type = layer.layer.type;
  // A layer in Python is called after its class.
  if (type == "Python") {
    const Message &param = layer.param("python_param");
    param.ignore({"module", "share_in_parallel"});
    type = param.text("layer");
    if (type.empty() || !param.text("param_str").empty())
      layer.refuse("a layer in Python is the function of the model language "
                   "that is called as its class; it has no param_str");
  }
  Call call = layer.call();
  call.function = functionOf(type);
  std::map<std::string, std::vector<std::string>> values;
  std::vector<std::string> order;
  for (const Field &field : message.fields) {
    if (field.kind != Field::Group || field.isRead ||
        !StringRef(field.name).ends_with("_param"))
      continue;
    field.isRead = true;
    for (const Field &setting : field.group->fields) {
      setting.isRead = true;
      if (!values.count(setting.name))
        order.push_back(setting.name);
      values[setting.name].push_back(spellValue(setting));
    }
  }
  for (const std::string &name : order)
    call.set(name, values[name].size() == 1
                       ? values[name].front()
                       : "[" + llvm::join(values[name], ", ") + "]");
  if (layer.layer.tops.empty())
    layer.refuse("it has no top");
  layer.net.makeLayer(layer.layer, std::move(call), {}, /*isCustom=*/true);
}
