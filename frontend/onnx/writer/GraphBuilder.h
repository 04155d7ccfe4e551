//===- GraphBuilder.h - the nodes and initialisers of a graph ---*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_WRITER_GRAPHBUILDER_H
#define DLCC_FRONTEND_ONNX_WRITER_GRAPHBUILDER_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <map>
#include <onnx/onnx_pb.h>
#include <string>

namespace dlcc::onnx_writer {

using Ints = llvm::ArrayRef<int64_t>;

/// A dimension: a number, or so many indices for each row of a call.
struct Extent {
  int64_t size = 1;
  int64_t rows = 0; ///< 0: a number
  bool operator==(const Extent &) const = default;
};
using Shape = llvm::SmallVector<Extent, 4>;

/// A value of the file. Ops of the dialect repeat elements explicitly, ONNX's
/// do it themselves: as in NumPy, leading dimensions may be missing and others
/// may be 1 where the value in the model has more.
struct Tensor {
  std::string name;
  Shape shape;
};

/// The numbers from `begin` on, up to `end` without it.
llvm::SmallVector<int64_t> range(int64_t begin, int64_t end);

/// The product of some dimensions. Throws Refusal where two have rows.
Extent productOf(llvm::ArrayRef<Extent> extents);

/// TensorProto.DataType of a dlc element type.
int32_t dataTypeOf(mlir::Type element);

class GraphBuilder {
public:
  /// Dimensions of the batch have a name in the file, no number; `batch` is
  /// what they have in the types. 0: they are numbers.
  GraphBuilder(onnx::GraphProto &graph, int64_t batch)
      : graph(&graph), main(&graph), batch(batch) {}

  Shape shapeOf(mlir::Type type) const;

  /// A name that nothing else has; `taken` ones are not given out.
  std::string unique(llvm::StringRef hint);
  bool take(llvm::StringRef name) { return names.insert(name).second; }

  /// A new node with one output, which the result names. Later calls of
  /// `setInts` and its like are about this node.
  std::string node(llvm::StringRef op, llvm::ArrayRef<std::string> inputs);
  onnx::NodeProto &last() { return *graph->mutable_node()->rbegin(); }
  void setInt(llvm::StringRef name, int64_t value);
  void setInts(llvm::StringRef name, Ints values);
  void setText(llvm::StringRef name, llvm::StringRef value);

  /// An initialiser of the whole file.
  std::string initialiser(llvm::StringRef hint, mlir::Type element, Ints dims,
                          std::string bytes);
  /// Constants, each of which is there once.
  std::string ints(Ints values);
  Tensor scalar(mlir::Attribute value);
  Tensor scalar(mlir::Type element, double value);

  /// A vector of i64 with the numbers of a shape, of which those with rows are
  /// computed at run time.
  std::string shapeVector(const Shape &shape);
  /// The same for Reshape, which finds one of the numbers itself.
  std::string reshapeVector(const Shape &shape);
  /// The rows of this call, a vector of one i64.
  std::string rowsVector() const { return rowsName; }
  void setRows(std::string name) { rowsName = std::move(name); }

  Tensor reshape(const Tensor &operand, const Shape &shape);
  /// Two in a row become one, and none where nothing moves.
  Tensor transpose(const Tensor &operand, Ints permutation);
  /// Dimensions of 1 at these places of the result.
  Tensor unsqueeze(const Tensor &operand, Ints axes);
  /// Repeats elements until the value has this shape.
  Tensor expand(const Tensor &operand, const Shape &shape);
  Tensor slice(const Tensor &operand, Ints axes, Ints starts, Ints ends,
               Ints steps);
  /// An operator that works element by element, with NumPy's broadcasting.
  Tensor elementwise(llvm::StringRef op, llvm::ArrayRef<Tensor> operands);

  /// Where nodes go: the body of a Scan, for a while.
  onnx::GraphProto *graph;
  std::string hint = "value"; ///< what the next names begin with

private:
  onnx::GraphProto *main;
  int64_t batch;
  std::string rowsName;
  llvm::StringSet<> names;
  std::map<std::string, std::string> constants; ///< name by type and bytes
  struct Transposed {
    Tensor source;
    llvm::SmallVector<int64_t> permutation;
  };
  llvm::StringMap<Transposed> transposed; ///< by name
};

/// Removes nodes and initialisers that no output needs.
void removeUnused(onnx::GraphProto &graph);

/// Calls values of the graph, and of the bodies in it, otherwise.
void rename(onnx::GraphProto &graph, const llvm::StringMap<std::string> &names);

} // namespace dlcc::onnx_writer

#endif // DLCC_FRONTEND_ONNX_WRITER_GRAPHBUILDER_H
