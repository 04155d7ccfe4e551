//===- LayersLoss.cpp - losses and accuracies -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/LayerText.h"

using namespace dlcc::caffe_reader;
using llvm::StringRef;

static void setAxis(Call &call, const Message &param) {
  if (param.has("axis"))
    call.set("axis", spell(param.integer("axis", 1, INT32_MIN)));
}

/// What a loss is divided by, and the label that does not count.
static void setNormalization(LayerText &layer, Call &call,
                             StringRef otherwise) {
  const Message &param = layer.param("loss_param");
  if (param.has("ignore_label"))
    call.set("ignore_label",
             spell(param.integer("ignore_label", 0, INT32_MIN)));
  // The older flag counts where the newer word is not given.
  std::string normalization = otherwise.str();
  if (param.has("normalize"))
    normalization = param.flag("normalize", true) ? "VALID" : "BATCH_SIZE";
  normalization = param.word(
      "normalization", {"FULL", "VALID", "BATCH_SIZE", "NONE"}, normalization);
  call.set("normalization", quote(normalization));
}

/// A loss without settings of its own.
static void plain(LayerText &layer) {
  layer.wantBlobs(2, 1);
  layer.make(layer.call());
}

static void softmaxWithLoss(LayerText &layer) {
  if (layer.layer.tops.size() == 2)
    layer.refuse("the probabilities, its second top, are not supported; a "
                 "Softmax layer makes them");
  layer.wantBlobs(2, 1);
  const Message &param = layer.param("softmax_param");
  param.ignore({"engine"});
  Call call = layer.call();
  setAxis(call, param);
  setNormalization(layer, call, "VALID");
  layer.make(call);
}

static void sigmoidCrossEntropy(LayerText &layer) {
  layer.param("sigmoid_param").ignore({"engine"});
  layer.wantBlobs(2, 1);
  Call call = layer.call();
  setNormalization(layer, call, "BATCH_SIZE");
  layer.make(call);
}

static void hinge(LayerText &layer) {
  layer.wantBlobs(2, 1);
  Call call = layer.call();
  call.set("norm", quote(layer.param("hinge_loss_param")
                             .word("norm", {"", "L1", "L2"}, "L1")));
  layer.make(call);
}

static void contrastive(LayerText &layer) {
  layer.wantBlobs(3, 1);
  const Message &param = layer.param("contrastive_loss_param");
  Call call = layer.call();
  call.set("margin", spell(param.number("margin", 1)));
  call.set("legacy_version", spellFlag(param.flag("legacy_version", false)));
  layer.make(call);
}

static void accuracy(LayerText &layer) {
  if (layer.layer.tops.size() == 2)
    layer.refuse("the accuracy of each class, its second top, is not "
                 "supported");
  layer.wantBlobs(2, 1);
  const Message &param = layer.param("accuracy_param");
  Call call = layer.call();
  call.set("top_k", spell(param.integer("top_k", 1, 1)));
  setAxis(call, param);
  if (param.has("ignore_label"))
    call.set("ignore_label",
             spell(param.integer("ignore_label", 0, INT32_MIN)));
  layer.make(call);
}

bool dlcc::caffe_reader::isLoss(StringRef type) {
  return type.ends_with("Loss");
}

llvm::ArrayRef<LayerEntry> dlcc::caffe_reader::lossLayers() {
  static const LayerEntry table[] = {
      {"Accuracy", accuracy},
      {"ContrastiveLoss", contrastive},
      {"EuclideanLoss", plain},
      {"HingeLoss", hinge},
      {"MultinomialLogisticLoss", plain},
      {"SigmoidCrossEntropyLoss", sigmoidCrossEntropy},
      {"SoftmaxWithLoss", softmaxWithLoss},
  };
  return table;
}
