//===- LayersProduct.cpp - convolutions and inner products ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/LayerText.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlcc::caffe_reader;
using llvm::StringRef;

/// A number of at least 1, where it is given.
static void setCount(Call &call, const Message &param, StringRef name) {
  if (param.has(name))
    call.set(name, spell(param.integer(name, 1, 1)));
}

static void setAxes(Call &call, StringRef name, llvm::ArrayRef<int64_t> axes) {
  if (!axes.empty())
    call.set(name, spellAxes(axes));
}

/// bias_term, and the fillers of both blobs. Then all of the message is read,
/// and what it lacks may be one of the names that nobody knows.
static void setBlobs(LayerText &layer, const Message &param, Call &call,
                     llvm::ArrayRef<StringRef> needed) {
  bool hasBias = param.flag("bias_term", true);
  call.set("weight_filler", spellFiller(param, "weight_filler"));
  std::string bias = spellFiller(param, "bias_filler");
  if (hasBias)
    call.set("bias_filler", bias);
  else
    call.set("bias_term", "false");
  param.refuseUnread();
  for (StringRef name : needed)
    if (llvm::none_of(call.settings, [&](const auto &setting) {
          return setting.first == name;
        }))
      layer.refuse("it has no " + (name == "kernel" ? "kernel_size" : name));
  if (hasBias)
    layer.make(call, {"weight", "bias"});
  else
    layer.make(call, {"weight"});
}

static void convolution(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("convolution_param");
  // How it is computed is dlcc's to choose.
  param.ignore({"engine", "force_nd_im2col"});
  if (param.integer("axis", 1, INT32_MIN) != 1)
    layer.refuse("a convolution whose channels are not axis 1 is not "
                 "supported");
  Call call = layer.call();
  setCount(call, param, "num_output");
  setAxes(call, "kernel", layer.sides(param, "kernel_size", "kernel"));
  setAxes(call, "stride", layer.sides(param, "stride", "stride"));
  setAxes(call, "pad", layer.sides(param, "pad", "pad"));
  setAxes(call, "dilation", param.integers("dilation", 1));
  if (param.has("group"))
    call.set("group", spell(param.integer("group", 1, 1)));
  setBlobs(layer, param, call, {"num_output", "kernel"});
}

static void innerProduct(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("inner_product_param");
  Call call = layer.call();
  setCount(call, param, "num_output");
  if (param.has("axis"))
    call.set("axis", spell(param.integer("axis", 1, INT32_MIN)));
  if (param.flag("transpose", false))
    call.set("transpose", "true");
  setBlobs(layer, param, call, {"num_output"});
}

static void embed(LayerText &layer) {
  layer.wantBlobs(1, 1);
  const Message &param = layer.param("embed_param");
  Call call = layer.call();
  setCount(call, param, "num_output");
  setCount(call, param, "input_dim");
  setBlobs(layer, param, call, {"num_output", "input_dim"});
}

llvm::ArrayRef<LayerEntry> dlcc::caffe_reader::productLayers() {
  static const LayerEntry table[] = {
      {"Convolution", convolution},
      {"Deconvolution", convolution},
      {"Embed", embed},
      {"InnerProduct", innerProduct},
  };
  return table;
}
