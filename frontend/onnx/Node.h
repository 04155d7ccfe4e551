//===- Node.h - one node on its way to dlc ops ------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_NODE_H
#define DLCC_FRONTEND_ONNX_NODE_H

#include "frontend/onnx/Builder.h"

#include <onnx/onnx_pb.h>

namespace dlcc::onnx_reader {

class GraphReader;
struct Scope;

/// What the function of an op gets: the node's inputs as values, its attributes
/// with their defaults, and what makes dlc ops. Everything that does not fit is
/// thrown as a Refusal, to which the reader adds the node.
class Node {
public:
  Node(const onnx::NodeProto &proto, int64_t version, Builder &builder,
       GraphReader &graph, Scope &scope)
      : proto(proto), version(version), b(builder), graph(graph), scope(scope) {
  }

  const onnx::NodeProto &proto;
  int64_t version; ///< of the operator set
  Builder &b;
  GraphReader &graph;
  Scope &scope;
  Values inputs; ///< null where an optional one is left out

  bool has(size_t i) const { return i < inputs.size() && inputs[i]; }
  Value input(size_t i) const;
  int64_t numOutputs() const { return proto.output_size(); }
  bool wantsOutput(int i) const {
    return i < proto.output_size() && !proto.output(i).empty();
  }

  // Attributes. Without a default they are required.
  const onnx::AttributeProto *attribute(llvm::StringRef name) const;
  bool hasAttribute(llvm::StringRef name) const { return attribute(name); }
  int64_t integer(llvm::StringRef name, std::optional<int64_t> otherwise) const;
  double number(llvm::StringRef name, std::optional<double> otherwise) const;
  std::string text(llvm::StringRef name, llvm::StringRef otherwise) const;
  Ints integers(llvm::StringRef name, Ints otherwise = {}) const;
  llvm::SmallVector<double> numbers(llvm::StringRef name) const;
  llvm::SmallVector<std::string> texts(llvm::StringRef name) const;
  mlir::DenseElementsAttr tensor(llvm::StringRef name) const;
  const onnx::GraphProto &subgraph(llvm::StringRef name) const;

  // Inputs that have to be constants.
  const eval::Tensor &known(size_t i, llvm::StringRef what) const;
  Ints knownIntegers(size_t i, llvm::StringRef what) const;
  int64_t knownInteger(size_t i, llvm::StringRef what) const;
  llvm::SmallVector<double> knownNumbers(size_t i, llvm::StringRef what) const;

  /// An axis in [-rank, rank) as one in [0, rank).
  static int64_t axis(int64_t axis, int64_t rank);
  /// The same for a list, in which none may stand twice.
  static Ints axes(Ints axes, int64_t rank);
};

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_NODE_H
