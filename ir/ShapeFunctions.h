//===- ShapeFunctions.h - dims and attributes in, dims out ------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The shape rule of every op that has one, free of MLIR ops, so that op
// verification, type inference and frontends ask the same function. A rule
// returns the result's dims, or an error whose text is a whole sentence
// without location ("contracted dimensions differ: 784 and 300").
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_SHAPEFUNCTIONS_H
#define DLCC_IR_SHAPEFUNCTIONS_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <string>

namespace dlcc {

/// One dimension: its size, and its name in the form of `#dlc.dims` (empty for
/// a plain number). Two dims agree when both size and name agree.
struct Dim {
  int64_t size = 1;
  std::string name;
  bool operator==(const Dim &) const = default;
};
using Dims = llvm::SmallVector<Dim, 4>;

/// `64`, or `batch` where it has a name; `[batch, 784]` for several.
std::string toString(const Dim &dim);
std::string toString(llvm::ArrayRef<Dim> dims);

/// The dims of a tensor type and back; names of plain numbers are empty.
Dims getDims(mlir::RankedTensorType type);
mlir::RankedTensorType getTensorType(mlir::MLIRContext *context,
                                     llvm::ArrayRef<Dim> dims,
                                     mlir::Type element);

/// How many indices of this dim one row of the batch takes: 1 for `batch`, 12
/// for `batch*12`, 0 where the dim does not depend on the rows given.
int64_t getRowMultiple(const Dim &dim, int64_t batch);

/// The type of a stack of `count` tensors of this type, and of one of a
/// stack's tensors. `name` is the first dimension's, or empty.
mlir::RankedTensorType getStackType(mlir::RankedTensorType slice, int64_t count,
                                    llvm::StringRef name = "");
mlir::RankedTensorType getSliceType(mlir::RankedTensorType stack);

llvm::Expected<Dims> inferTranspose(llvm::ArrayRef<Dim> operand,
                                    llvm::ArrayRef<int64_t> permutation);
/// Checks that `operand` broadcasts to `result` along `axes`.
llvm::Error checkBroadcast(llvm::ArrayRef<Dim> operand,
                           llvm::ArrayRef<int64_t> axes,
                           llvm::ArrayRef<Dim> result);
llvm::Error checkReshape(llvm::ArrayRef<Dim> operand,
                         llvm::ArrayRef<Dim> result);
llvm::Expected<Dims> inferSlice(llvm::ArrayRef<Dim> operand,
                                llvm::ArrayRef<int64_t> offsets,
                                llvm::ArrayRef<int64_t> sizes,
                                llvm::ArrayRef<int64_t> strides);
llvm::Expected<Dims> inferPad(llvm::ArrayRef<Dim> operand,
                              llvm::ArrayRef<int64_t> low,
                              llvm::ArrayRef<int64_t> high,
                              llvm::ArrayRef<int64_t> interior);
/// The places of windows along `axes`, then the windows' dims. A negative
/// dilation reaches as far as its positive.
llvm::Expected<Dims> inferWindow(llvm::ArrayRef<Dim> operand,
                                 llvm::ArrayRef<int64_t> axes,
                                 llvm::ArrayRef<int64_t> sizes,
                                 llvm::ArrayRef<int64_t> strides,
                                 llvm::ArrayRef<int64_t> dilations);
llvm::Expected<Dims> inferConcat(llvm::ArrayRef<Dims> operands, int64_t axis);
/// The dims of an index in the place of `axis`; the first `batch` dims of both
/// are paired.
llvm::Expected<Dims> inferGather(llvm::ArrayRef<Dim> operand,
                                 llvm::ArrayRef<Dim> index, int64_t axis,
                                 int64_t batch);
llvm::Expected<Dims> inferReduce(llvm::ArrayRef<Dim> operand,
                                 llvm::ArrayRef<int64_t> axes);
llvm::Expected<Dims> inferContract(llvm::ArrayRef<Dim> lhs,
                                   llvm::ArrayRef<Dim> rhs,
                                   llvm::ArrayRef<int64_t> lhsBatch,
                                   llvm::ArrayRef<int64_t> rhsBatch,
                                   llvm::ArrayRef<int64_t> lhsContract,
                                   llvm::ArrayRef<int64_t> rhsContract);
/// NumPy broadcasting of two shapes to one.
llvm::Expected<Dims> inferBroadcast(llvm::ArrayRef<Dim> lhs,
                                    llvm::ArrayRef<Dim> rhs);

} // namespace dlcc

#endif // DLCC_IR_SHAPEFUNCTIONS_H
