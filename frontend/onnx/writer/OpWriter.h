//===- OpWriter.h - dlc ops as ONNX's operators -----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_WRITER_OPWRITER_H
#define DLCC_FRONTEND_ONNX_WRITER_OPWRITER_H

#include "frontend/onnx/writer/GraphBuilder.h"
#include "ir/Ops.h"
#include "llvm/ADT/DenseMap.h"

#include <functional>

namespace dlcc::onnx_writer {

/// Writes one op after the other. Each family of ops has a file of its own,
/// whose function tells whether the op is one of the family. Throws Refusal.
class OpWriter {
public:
  explicit OpWriter(GraphBuilder &b) : b(b) {}

  /// Called for a `dlc.read`.
  std::function<Tensor(dlc::ReadOp)> read;

  void write(mlir::Operation *op);
  mlir::Operation *at = nullptr; ///< what is being written

  /// A value as it stands in the file, maybe without repeated elements.
  Tensor get(mlir::Value value) const { return values.at(value); }
  /// The same with all dimensions that its type has.
  Tensor full(mlir::Value value) {
    return b.expand(get(value), b.shapeOf(value.getType()));
  }
  void set(mlir::Value value, Tensor tensor) {
    values[value] = std::move(tensor);
  }

private:
  bool writeElementwise(mlir::Operation *op);
  bool writeShape(mlir::Operation *op);
  bool writeWindow(mlir::Operation *op);
  bool writeProduct(mlir::Operation *op);
  bool writeReduction(mlir::Operation *op);
  bool writeIndexed(mlir::Operation *op);
  bool writeScan(mlir::Operation *op);

  /// The first dimension of the batch may not be cut or grown.
  static void refuseRows(const Shape &shape, int64_t axis,
                         const llvm::Twine &what);

  GraphBuilder &b;
  llvm::DenseMap<mlir::Value, Tensor> values;
};

/// A window whose operand may be a padded one: what an operator of ONNX's that
/// slides a window takes.
struct Sliding {
  mlir::Value operand; ///< before it is padded
  llvm::SmallVector<int64_t> axes, sizes, strides, dilations, low, high;

  /// Takes up a pad before the window if it is of elements that `isNeutral`
  /// accepts and along the window's axes only.
  Sliding(dlc::WindowOp window,
          llvm::function_ref<bool(mlir::Attribute)> isNeutral);
  /// The attributes of Conv and its like, of the builder's last node.
  void describe(GraphBuilder &b) const;
};

} // namespace dlcc::onnx_writer

#endif // DLCC_FRONTEND_ONNX_WRITER_OPWRITER_H
