//===- GraphReader.h - nodes one after the other, as dlc ops ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_GRAPHREADER_H
#define DLCC_FRONTEND_ONNX_GRAPHREADER_H

#include "frontend/onnx/NewerFields.h"
#include "frontend/onnx/Node.h"
#include "llvm/ADT/StringMap.h"

#include <map>

namespace dlcc::onnx_reader {

/// The names that a graph's nodes see: its own, and those of the graphs around
/// it. The body of a function sees its own only.
struct Scope {
  Scope *parent = nullptr;
  llvm::StringMap<Value> values;
  const onnx::NodeProto *call = nullptr; ///< of the function that this is
  const LocalFunction *function = nullptr;
  Scope *caller = nullptr; ///< where the call stands

  Value find(llvm::StringRef name) const;
  /// What the call of the function gives for an attribute, or its default; null
  /// without either.
  const onnx::AttributeProto *findAttribute(llvm::StringRef name) const;
};

/// Reads the nodes of the model's graph, and of graphs inside it.
class GraphReader {
public:
  GraphReader(const onnx::ModelProto &model, std::string path,
              Builder &builder);

  /// Where a model's external data lie.
  static std::string folderOf(const std::string &path);
  const std::string &folder() const { return modelFolder; }

  /// The values of a graph's outputs. Its inputs and initialisers stand in
  /// `scope`.
  Values run(const onnx::GraphProto &graph, Scope &scope);
  /// The same for a graph inside a node of `scope`, given its inputs.
  Values runBody(const onnx::GraphProto &graph, Scope &scope,
                 ArrayRef<Value> inputs);

private:
  void
  runNodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
           Scope &scope, const std::map<std::string, int64_t> &versions);
  Values runNode(const onnx::NodeProto &proto, Scope &scope,
                 const std::map<std::string, int64_t> &versions);
  Values callFunction(const LocalFunction &local, const onnx::NodeProto &proto,
                      Scope &scope, ArrayRef<Value> inputs);

  std::vector<LocalFunction> functions;
  std::string path, modelFolder;
  Builder &builder;
  std::map<std::string, int64_t> opsets; ///< version of each domain
  const std::map<std::string, int64_t> *current = &opsets;
  int depth = 0;    ///< of graphs and calls around the node
  int64_t made = 0; ///< nodes read so far, unrolled ones each time
};

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_GRAPHREADER_H
