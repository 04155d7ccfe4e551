//===- LayerText.h - one layer on its way to the model language -*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_LAYERTEXT_H
#define DLCC_FRONTEND_CAFFE_LAYERTEXT_H

#include "frontend/caffe/ModelText.h"
#include "frontend/caffe/Net.h"

#include <map>

namespace dlcc::caffe_reader {

class Translator;

/// What the function of a type gets: the layer's message, and what makes its
/// lines. A function asks for every field that it honours; what is left then is
/// refused. Everything that does not fit is thrown as a Refusal.
class LayerText {
public:
  LayerText(const Layer &layer, Translator &net) : layer(layer), net(net) {}

  const Layer &layer;
  Translator &net;

  /// Refuses other numbers of bottoms and tops; -1: any number from 1 on.
  void wantBlobs(int bottoms, int tops) const;
  /// The name of an input's value. Refuses what nothing before has made.
  std::string bottom(size_t i) const;
  std::vector<std::string> bottoms() const;
  /// The message of the type's parameters; empty where it is left out.
  const Message &param(llvm::StringRef name) const {
    return layer.message->group(name);
  }
  /// What a window has for each axis: `stride: 2`, several of them, or
  /// `stride_h` and `stride_w`; none where nothing is given. A kernel and a
  /// stride are at least 1, a padding (`side` is "pad") at least 0.
  std::vector<int64_t> sides(const Message &param, llvm::StringRef list,
                             llvm::StringRef side) const;
  /// A call of the type's function with the bottoms as inputs.
  Call call() const { return {layer.type, bottoms(), {}}; }
  /// `tops = call`. The layer's blobs, in Caffe's order, are the parameters or
  /// buffers of these names that the function makes.
  void make(Call call, llvm::ArrayRef<llvm::StringRef> blobs = {});

  [[noreturn]] void refuse(const llvm::Twine &text) const {
    throw Refusal(layer.place, text);
  }
};

/// Writes the lines of a layer.
using LayerFunction = void (*)(LayerText &layer);

struct LayerEntry {
  const char *type;
  LayerFunction function;
};

// The families; each knows its own types only.
llvm::ArrayRef<LayerEntry> productLayers();
llvm::ArrayRef<LayerEntry> windowLayers();
llvm::ArrayRef<LayerEntry> normalizationLayers();
llvm::ArrayRef<LayerEntry> elementwiseLayers();
llvm::ArrayRef<LayerEntry> shapeLayers();
llvm::ArrayRef<LayerEntry> lossLayers();

/// Null where dlcc knows no such type.
LayerFunction findLayer(llvm::StringRef type);
/// Why a type of Caffe's has no function; "" for a type that is not Caffe's.
llvm::StringRef whyNot(llvm::StringRef type);
/// Whether the type is a loss, which counts with a weight of 1 by itself.
bool isLoss(llvm::StringRef type);

/// The layer of a type that is not Caffe's: a call of the function of that name
/// in the model language.
void writeCustomLayer(LayerText &layer);
/// MyLayer -> my_layer.
std::string functionOf(llvm::StringRef type);

/// `xavier(variance_norm = "AVERAGE")`: the initialiser that a filler asks for.
std::string spellFiller(const Message &message, llvm::StringRef field,
                        llvm::StringRef otherwise = "constant(0)");

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_LAYERTEXT_H
