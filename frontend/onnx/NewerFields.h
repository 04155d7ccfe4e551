//===- NewerFields.h - fields that the messages lack ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The messages of Debian's libonnx-dev are of 2022. protobuf keeps what it does
// not know, and here it is found by the number that onnx.proto gives it.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_NEWERFIELDS_H
#define DLCC_FRONTEND_ONNX_NEWERFIELDS_H

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace dlcc::onnx_reader {

/// A function of the model, with the fields that came later.
struct LocalFunction {
  explicit LocalFunction(const onnx::FunctionProto &proto);

  const onnx::FunctionProto *proto;
  std::string overload;                       ///< tells namesakes apart
  std::vector<onnx::AttributeProto> defaults; ///< of attributes
};

/// Which of the functions of its name a node calls.
std::string overloadOf(const onnx::NodeProto &node);

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_NEWERFIELDS_H
