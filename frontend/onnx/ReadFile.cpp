//===- ReadFile.cpp - the messages of an .onnx file -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/ReadFile.h"

#include "llvm/Support/MemoryBuffer.h"

#include <climits>

using namespace dlcc::onnx_reader;

onnx::ModelProto dlcc::onnx_reader::readFile(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    throw Refusal("cannot read it: " + buffer.getError().message());
  size_t size = (*buffer)->getBufferSize();
  if (size > INT_MAX)
    throw Refusal("it is larger than 2 GB; weights of that size belong into "
                  "external data");
  onnx::ModelProto model;
  if (!model.ParseFromArray((*buffer)->getBufferStart(),
                            static_cast<int>(size)))
    throw Refusal("it is no ONNX model, or cut off");
  if (!model.has_graph() || model.graph().node_size() == 0)
    throw Refusal("it is no ONNX model: it has no graph with nodes");
  return model;
}
