//===- ReadFile.h - the messages of an .onnx file ---------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_READFILE_H
#define DLCC_FRONTEND_ONNX_READFILE_H

#include "frontend/onnx/Refusal.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <onnx/onnx_pb.h>

namespace dlcc::onnx_reader {

/// Parses a file of at most 2 GB; throws Refusal.
onnx::ModelProto readFile(const std::string &path);

/// The dlc element type of TensorProto.DataType `type`; throws Refusal for what
/// is no bool, integer or float of 8 to 64 bits, such as strings.
mlir::Type elementType(mlir::MLIRContext *context, int32_t type);

/// The elements of a tensor of the file, or of a file beside it: external data
/// lie in `folder` or below. Throws Refusal where sizes do not agree.
mlir::DenseElementsAttr readTensor(mlir::MLIRContext *context,
                                   const onnx::TensorProto &tensor,
                                   const std::string &folder);

/// Little-endian elements as a constant; a bool is a byte. The count of bytes
/// has to be right.
mlir::DenseElementsAttr elementsOf(mlir::RankedTensorType type,
                                   const std::string &bytes);

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_READFILE_H
