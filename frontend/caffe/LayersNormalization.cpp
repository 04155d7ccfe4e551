//===- LayersNormalization.cpp - statistics and scales --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/LayerText.h"

using namespace dlcc::caffe_reader;

static void lrn(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("lrn_param");
  param.ignore({"engine"});
  Call call = layer.call();
  call.set("local_size", spell(param.integer("local_size", 5, 1)));
  call.set("alpha", spell(param.number("alpha", 1)));
  call.set("beta", spell(param.number("beta", 0.75)));
  call.set("k", spell(param.number("k", 1)));
  call.set(
      "norm_region",
      quote(param.word("norm_region", {"ACROSS_CHANNELS", "WITHIN_CHANNEL"},
                       "ACROSS_CHANNELS")));
  layer.make(call);
}

static void batchNorm(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("batch_norm_param");
  param.ignore({"engine"});
  Call call = layer.call();
  if (param.has("use_global_stats"))
    call.set("use_global_stats",
             spellFlag(param.flag("use_global_stats", false)));
  call.set("moving_average_fraction",
           spell(param.number("moving_average_fraction", 0.999)));
  call.set("eps", spell(param.number("eps", 1e-5)));
  layer.make(call, {"mean", "variance", "scale_factor"});
}

static void mvn(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("mvn_param");
  Call call = layer.call();
  call.set("normalize_variance",
           spellFlag(param.flag("normalize_variance", true)));
  call.set("across_channels", spellFlag(param.flag("across_channels", false)));
  call.set("eps", spell(param.number("eps", 1e-9)));
  layer.make(call);
}

/// Axis and count of a vector of the layer's own; a second bottom has its own.
static void setVector(LayerText &layer, const Message &param, Call &call) {
  call.set("axis", spell(param.integer("axis", 1, INT32_MIN)));
  int64_t axes = param.integer("num_axes", 1, -1);
  if (layer.layer.bottoms.size() == 1)
    call.set("num_axes", spell(axes));
}

static void scale(LayerText &layer) {
  bool isOwn = layer.layer.bottoms.size() == 1;
  layer.wantBlobs(isOwn ? 1 : 2, 1);
  const Message &param = layer.param("scale_param");
  Call call = layer.call();
  setVector(layer, param, call);
  std::string filler = spellFiller(param, "filler", "constant(1)");
  std::string biasFiller = spellFiller(param, "bias_filler");
  bool hasBias = param.flag("bias_term", false);
  if (isOwn)
    call.set("filler", filler);
  if (hasBias)
    call.set("bias_term", "true").set("bias_filler", biasFiller);
  if (isOwn && hasBias)
    layer.make(call, {"weight", "bias"});
  else if (isOwn)
    layer.make(call, {"weight"});
  else if (hasBias)
    layer.make(call, {"bias"});
  else
    layer.make(call);
}

static void bias(LayerText &layer) {
  bool isOwn = layer.layer.bottoms.size() == 1;
  layer.wantBlobs(isOwn ? 1 : 2, 1);
  const Message &param = layer.param("bias_param");
  Call call = layer.call();
  setVector(layer, param, call);
  std::string filler = spellFiller(param, "filler");
  if (!isOwn)
    return layer.make(call);
  call.set("filler", filler);
  layer.make(call, {"weight"});
}

llvm::ArrayRef<LayerEntry> dlcc::caffe_reader::normalizationLayers() {
  static const LayerEntry table[] = {
      {"BatchNorm", batchNorm}, {"Bias", bias}, {"LRN", lrn}, {"MVN", mvn},
      {"Scale", scale},
  };
  return table;
}
