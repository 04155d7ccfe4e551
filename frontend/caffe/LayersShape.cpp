//===- LayersShape.cpp - movement of elements -----------------------------===//
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

/// `axis`, or what it was called before.
static int64_t axisOf(LayerText &layer, const Message &param, StringRef older,
                      int64_t otherwise) {
  if (param.has("axis") && param.has(older))
    layer.refuse("it has axis or " + older + ", not both");
  return param.integer(param.has(older) ? older : "axis", otherwise, INT32_MIN,
                       INT32_MAX);
}

static void concat(LayerText &layer) {
  layer.wantBlobs(-1, 1);
  Call call = {"concat", {"[" + llvm::join(layer.bottoms(), ", ") + "]"}, {}};
  call.set("axis",
           spell(axisOf(layer, layer.param("concat_param"), "concat_dim", 1)));
  layer.make(call);
}

static void slice(LayerText &layer) {
  layer.wantBlobs(1, -1);
  const Message &param = layer.param("slice_param");
  std::vector<int64_t> points = param.integers("slice_point", 1);
  size_t outputs = layer.layer.tops.size();
  if (!points.empty() && points.size() != outputs - 1)
    layer.refuse(llvm::Twine(points.size()) + " slice points make " +
                 llvm::Twine(points.size() + 1) + " pieces, not " +
                 llvm::Twine(outputs));
  for (size_t i = 1; i < points.size(); ++i)
    if (points[i] <= points[i - 1])
      layer.refuse("its slice points do not ascend");
  Call call = layer.call();
  call.set("outputs", spell(int64_t(outputs)));
  if (!points.empty())
    call.set("points", spell(points));
  call.set("axis", spell(axisOf(layer, param, "slice_dim", 1)));
  layer.make(call);
}

static void split(LayerText &layer) {
  layer.wantBlobs(1, -1);
  Call call = layer.call();
  call.set("outputs", spell(int64_t(layer.layer.tops.size())));
  layer.make(call);
}

static void flatten(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("flatten_param");
  Call call = layer.call();
  call.set("axis", spell(param.integer("axis", 1, INT32_MIN)));
  call.set("end_axis", spell(param.integer("end_axis", -1, INT32_MIN)));
  layer.make(call);
}

static void reshape(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("reshape_param");
  const Message &shape = param.group("shape");
  Call call = layer.call();
  call.set("dims", spell(shape.integers("dim", -1)));
  call.set("axis", spell(param.integer("axis", 0, INT32_MIN)));
  call.set("num_axes", spell(param.integer("num_axes", -1, -1)));
  layer.make(call);
}

static void tile(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("tile_param");
  if (!param.has("tiles"))
    layer.refuse("it has no number of tiles");
  Call call = layer.call();
  call.set("tiles", spell(param.integer("tiles", 1, 1)));
  call.set("axis", spell(param.integer("axis", 1, INT32_MIN)));
  layer.make(call);
}

static void reduction(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("reduction_param");
  Call call = layer.call();
  call.set("operation",
           quote(param.word("operation", {"", "SUM", "ASUM", "SUMSQ", "MEAN"},
                            "SUM")));
  call.set("axis", spell(param.integer("axis", 0, INT32_MIN)));
  call.set("coeff", spell(param.number("coeff", 1)));
  layer.make(call);
}

static void argMax(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("argmax_param");
  Call call = layer.call();
  call.set("out_max_val", spellFlag(param.flag("out_max_val", false)));
  call.set("top_k", spell(param.integer("top_k", 1, 1)));
  if (param.has("axis"))
    call.set("axis", spell(param.integer("axis", 0, INT32_MIN)));
  layer.make(call);
}

static void softmax(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("softmax_param");
  param.ignore({"engine"});
  Call call = layer.call();
  call.set("axis", spell(param.integer("axis", 1, INT32_MIN)));
  layer.make(call);
}

/// Nothing comes of its bottoms, which are no outputs of the net then.
static void silence(LayerText &layer) {
  layer.wantBlobs(-1, 0);
  layer.bottoms();
}

llvm::ArrayRef<LayerEntry> dlcc::caffe_reader::shapeLayers() {
  static const LayerEntry table[] = {
      {"ArgMax", argMax},       {"Concat", concat},   {"Flatten", flatten},
      {"Reduction", reduction}, {"Reshape", reshape}, {"Silence", silence},
      {"Slice", slice},         {"Softmax", softmax}, {"Split", split},
      {"Tile", tile},
  };
  return table;
}
