//===- Net.h - the layers of a net in one form ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_NET_H
#define DLCC_FRONTEND_CAFFE_NET_H

#include "frontend/caffe/Message.h"

namespace dlcc::caffe_reader {

/// How a layer's n-th blob is shared and trained.
struct ParamSpec {
  std::string name; ///< layers with blobs of one name share them
  double rate = 1, decay = 1;
  Place place;
};

struct Layer {
  std::string name, type; ///< the type as the newer syntax calls it
  Place place;            ///< of the name
  std::vector<std::string> bottoms, tops;
  std::vector<ParamSpec> params;
  std::vector<double> lossWeights;
  bool inTrain = true, inTest = true; ///< in the nets of which phases
  const Message *message;

  /// How diagnostics call it: "layer 'conv1' (Convolution)".
  std::string subject() const { return "layer '" + name + "' (" + type + ")"; }
};

/// An input that the net itself declares, without a layer.
struct NetInput {
  std::string name;
  std::vector<int64_t> dims;
  Place place;
};

struct Net {
  std::string name;
  Place place;
  std::vector<NetInput> inputs;
  std::vector<Layer> layers;
};

/// The stages that a solver names for its nets.
struct Stages {
  std::vector<std::string> train, test;
};

/// The net of a message NetParameter, in the syntax of `layer` or `layers`;
/// `file` has to outlive it. Throws Refusal.
Net readNet(const Message &file, const Stages &stages);

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_NET_H
