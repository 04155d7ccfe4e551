//===- LayersWindow.cpp - pooling and cutting -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/LayerText.h"

using namespace dlcc::caffe_reader;
using llvm::StringRef;

static void pooling(LayerText &layer) {
  if (layer.layer.tops.size() == 2)
    layer.refuse("the mask of a pooling, its second top, is not supported");
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("pooling_param");
  param.ignore({"engine"});
  std::string pool = param.word("pool", {"MAX", "AVE", "STOCHASTIC"}, "MAX");
  if (pool == "STOCHASTIC")
    layer.refuse("stochastic pooling is not supported");
  Call call = layer.call();
  call.set("pool", quote(pool));
  auto kernel = layer.sides(param, "kernel_size", "kernel");
  auto stride = layer.sides(param, "stride", "stride");
  auto pad = layer.sides(param, "pad", "pad");
  for (const auto *sides : {&kernel, &stride, &pad})
    if (sides->size() > 2)
      layer.refuse("a pooling has kernels, strides and paddings for two axes");
  bool isGlobal = param.flag("global_pooling", false);
  auto isOther = [](int64_t number, int64_t wanted) {
    return number != wanted;
  };
  if (isGlobal) {
    if (!kernel.empty())
      layer.refuse("a global pooling has no kernel size");
    for (int64_t number : stride)
      if (isOther(number, 1))
        layer.refuse("a global pooling has a stride of 1");
    for (int64_t number : pad)
      if (isOther(number, 0))
        layer.refuse("a global pooling has no padding");
  } else if (kernel.empty()) {
    layer.refuse("it has no kernel size");
  }
  if (!isGlobal) {
    call.set("kernel", spellAxes(kernel));
    if (!stride.empty())
      call.set("stride", spellAxes(stride));
    if (!pad.empty())
      call.set("pad", spellAxes(pad));
    for (size_t i = 0; i < pad.size(); ++i)
      if (pad[i] >= kernel[i % kernel.size()])
        layer.refuse("its padding is not smaller than its kernel");
  }
  if (param.word("round_mode", {"CEIL", "FLOOR"}, "CEIL") == "FLOOR")
    call.set("ceil", "false");
  layer.make(call);
}

static void crop(LayerText &layer) {
  layer.wantBlobs(2, 1);
  const Message &param = layer.param("crop_param");
  Call call = layer.call();
  if (param.has("axis"))
    call.set("axis", spell(param.integer("axis", 2, INT32_MIN)));
  std::vector<int64_t> offset = param.integers("offset", 0);
  if (!offset.empty())
    call.set("offset", spell(offset));
  layer.make(call);
}

llvm::ArrayRef<LayerEntry> dlcc::caffe_reader::windowLayers() {
  static const LayerEntry table[] = {
      {"Crop", crop},
      {"Pooling", pooling},
  };
  return table;
}
