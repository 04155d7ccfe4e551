//===- ShapeFunctions.cpp - dims and attributes in, dims out --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/ShapeFunctions.h"

#include "ir/Dialect.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace dlcc {

static llvm::Error refuse(const llvm::Twine &text) {
  return llvm::createStringError(text.str());
}

std::string toString(const Dim &dim) {
  return dim.name.empty() ? std::to_string(dim.size) : dim.name;
}

std::string toString(llvm::ArrayRef<Dim> dims) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << "[";
  llvm::interleaveComma(dims, stream,
                        [&](const Dim &dim) { stream << toString(dim); });
  stream << "]";
  return text;
}

Dims getDims(RankedTensorType type) {
  Dims dims;
  auto names = dyn_cast_if_present<dlc::DimsAttr>(type.getEncoding());
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    dims.push_back({size, names ? names.getNames()[i].str() : std::string()});
  return dims;
}

RankedTensorType getTensorType(MLIRContext *context, llvm::ArrayRef<Dim> dims,
                               Type element) {
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<StringAttr> names;
  bool named = false;
  for (const Dim &dim : dims) {
    shape.push_back(dim.size);
    names.push_back(StringAttr::get(context, dim.name));
    named |= !dim.name.empty();
  }
  Attribute encoding = named ? dlc::DimsAttr::get(context, names) : Attribute();
  return RankedTensorType::get(shape, element, encoding);
}

static bool beginsWithBatch(llvm::StringRef name) {
  return name == "batch" || name.starts_with("batch*");
}

int64_t getRowMultiple(const Dim &dim, int64_t batch) {
  return beginsWithBatch(dim.name) ? dim.size / batch : 0;
}

RankedTensorType getStackType(RankedTensorType slice, int64_t count,
                              llvm::StringRef name) {
  Dims dims = {Dim{count, name.str()}};
  llvm::append_range(dims, getDims(slice));
  return getTensorType(slice.getContext(), dims, slice.getElementType());
}

RankedTensorType getSliceType(RankedTensorType stack) {
  Dims dims = getDims(stack);
  dims.erase(dims.begin());
  return getTensorType(stack.getContext(), dims, stack.getElementType());
}

/// Checks that `axes` are distinct dimensions of a tensor of this rank.
static llvm::Error checkAxes(llvm::ArrayRef<int64_t> axes, size_t rank) {
  llvm::SmallBitVector seen(rank);
  for (int64_t axis : axes) {
    if (axis < 0 || axis >= int64_t(rank))
      return refuse("axis " + llvm::Twine(axis) +
                    " is outside a tensor of rank " + llvm::Twine(rank));
    if (seen.test(axis))
      return refuse("axis " + llvm::Twine(axis) + " is named twice");
    seen.set(axis);
  }
  return llvm::Error::success();
}

static llvm::Error checkLength(llvm::StringRef what, size_t length,
                               size_t rank) {
  if (length == rank)
    return llvm::Error::success();
  return refuse(what + " has " + llvm::Twine(length) +
                " entries for a tensor of rank " + llvm::Twine(rank));
}

llvm::Expected<Dims> inferTranspose(llvm::ArrayRef<Dim> operand,
                                    llvm::ArrayRef<int64_t> permutation) {
  if (auto error =
          checkLength("permutation", permutation.size(), operand.size()))
    return error;
  if (auto error = checkAxes(permutation, operand.size()))
    return error;
  Dims result;
  for (int64_t axis : permutation)
    result.push_back(operand[axis]);
  return result;
}

llvm::Error checkBroadcast(llvm::ArrayRef<Dim> operand,
                           llvm::ArrayRef<int64_t> axes,
                           llvm::ArrayRef<Dim> result) {
  if (auto error = checkLength("axes", axes.size(), operand.size()))
    return error;
  if (auto error = checkAxes(axes, result.size()))
    return error;
  if (!llvm::is_sorted(axes))
    return refuse("axes do not ascend");
  for (auto [dim, axis] : llvm::zip_equal(operand, axes))
    if (dim != result[axis] && !(dim.size == 1 && dim.name.empty()))
      return refuse("dimension of " + toString(dim) +
                    " cannot be broadcast to " + toString(result[axis]));
  return llvm::Error::success();
}

static int64_t countElements(llvm::ArrayRef<Dim> dims) {
  int64_t product = 1;
  for (const Dim &dim : dims)
    product *= dim.size;
  return product;
}

/// For each dim with `batch`, how many elements the dims before it count.
static llvm::SmallVector<int64_t> outsideBatch(llvm::ArrayRef<Dim> dims) {
  llvm::SmallVector<int64_t> result;
  for (auto [i, dim] : llvm::enumerate(dims))
    if (beginsWithBatch(dim.name))
      result.push_back(countElements(dims.take_front(i)));
  return result;
}

/// The number of elements agrees, and the rows stay together: what stands
/// before a `batch` has the same size on both sides.
llvm::Error checkReshape(llvm::ArrayRef<Dim> operand,
                         llvm::ArrayRef<Dim> result) {
  if (countElements(operand) != countElements(result))
    return refuse("a tensor of " + llvm::Twine(countElements(operand)) +
                  " elements cannot have shape " + toString(result));
  if (outsideBatch(operand) != outsideBatch(result))
    return refuse("the rows of " + toString(operand) +
                  " do not stay together in " + toString(result));
  return llvm::Error::success();
}

llvm::Expected<Dims> inferSlice(llvm::ArrayRef<Dim> operand,
                                llvm::ArrayRef<int64_t> offsets,
                                llvm::ArrayRef<int64_t> sizes,
                                llvm::ArrayRef<int64_t> strides) {
  if (auto error = checkLength("offsets", offsets.size(), operand.size()))
    return error;
  if (auto error = checkLength("sizes", sizes.size(), operand.size()))
    return error;
  if (auto error = checkLength("strides", strides.size(), operand.size()))
    return error;
  Dims result;
  for (auto [i, dim] : llvm::enumerate(operand)) {
    if (offsets[i] < 0 || sizes[i] < 0 || strides[i] < 1)
      return refuse("offsets and sizes are at least 0, strides at least 1");
    int64_t last = offsets[i] + (sizes[i] - 1) * strides[i];
    if (sizes[i] > 0 && last >= dim.size)
      return refuse("index " + llvm::Twine(last) + " is outside dimension " +
                    llvm::Twine(i) + " of " + toString(dim));
    bool whole = sizes[i] == dim.size && strides[i] == 1;
    result.push_back(whole ? dim : Dim{sizes[i], ""});
  }
  return result;
}

llvm::Expected<Dims> inferPad(llvm::ArrayRef<Dim> operand,
                              llvm::ArrayRef<int64_t> low,
                              llvm::ArrayRef<int64_t> high,
                              llvm::ArrayRef<int64_t> interior) {
  if (auto error = checkLength("low", low.size(), operand.size()))
    return error;
  if (auto error = checkLength("high", high.size(), operand.size()))
    return error;
  if (auto error = checkLength("interior", interior.size(), operand.size()))
    return error;
  Dims result;
  for (auto [i, dim] : llvm::enumerate(operand)) {
    if (low[i] < 0 || high[i] < 0 || interior[i] < 0)
      return refuse("padding is at least 0");
    int64_t gaps = std::max<int64_t>(dim.size - 1, 0) * interior[i];
    int64_t size = low[i] + dim.size + gaps + high[i];
    result.push_back(size == dim.size ? dim : Dim{size, ""});
  }
  return result;
}

llvm::Expected<Dims> inferWindow(llvm::ArrayRef<Dim> operand,
                                 llvm::ArrayRef<int64_t> axes,
                                 llvm::ArrayRef<int64_t> sizes,
                                 llvm::ArrayRef<int64_t> strides,
                                 llvm::ArrayRef<int64_t> dilations) {
  if (auto error = checkAxes(axes, operand.size()))
    return error;
  if (!llvm::is_sorted(axes))
    return refuse("axes do not ascend");
  if (sizes.size() != axes.size() || strides.size() != axes.size() ||
      dilations.size() != axes.size())
    return refuse("sizes, strides and dilations have one entry for each axis");
  Dims result(operand);
  for (auto [axis, size, stride, dilation] :
       llvm::zip_equal(axes, sizes, strides, dilations)) {
    if (size < 1 || stride < 1 || dilation == 0)
      return refuse("sizes and strides are at least 1, dilations are not 0");
    if (!operand[axis].name.empty())
      return refuse("a window cannot slide along " + toString(operand[axis]));
    int64_t reach = (size - 1) * std::abs(dilation) + 1;
    if (reach > operand[axis].size)
      return refuse("a window that reaches over " + llvm::Twine(reach) +
                    " does not fit into dimension " + llvm::Twine(axis) +
                    " of " + toString(operand[axis]));
    result[axis].size = (operand[axis].size - reach) / stride + 1;
    result.push_back({size, ""});
  }
  return result;
}

llvm::Expected<Dims> inferConcat(llvm::ArrayRef<Dims> operands, int64_t axis) {
  if (operands.empty())
    return refuse("nothing to concatenate");
  Dims result = operands.front();
  if (auto error = checkAxes(axis, result.size()))
    return error;
  for (const Dims &dims : operands.drop_front()) {
    if (dims.size() != result.size())
      return refuse("shapes " + toString(operands.front()) + " and " +
                    toString(dims) + " differ in rank");
    for (auto [i, dim] : llvm::enumerate(dims)) {
      if (int64_t(i) == axis)
        result[i] = {result[i].size + dim.size, ""};
      else if (dim != result[i])
        return refuse("shapes " + toString(operands.front()) + " and " +
                      toString(dims) + " differ beside axis " +
                      llvm::Twine(axis));
    }
  }
  return result;
}

llvm::Expected<Dims> inferGather(llvm::ArrayRef<Dim> operand,
                                 llvm::ArrayRef<Dim> index, int64_t axis,
                                 int64_t batch) {
  if (auto error = checkAxes(axis, operand.size()))
    return error;
  if (batch < 0 || batch > axis || batch > int64_t(index.size()))
    return refuse(
        "pairs " + llvm::Twine(batch) + " dimensions of an index of rank " +
        llvm::Twine(index.size()) + " before axis " + llvm::Twine(axis));
  if (operand.take_front(batch) != index.take_front(batch))
    return refuse(
        "paired dimensions differ: " + toString(operand.take_front(batch)) +
        " and " + toString(index.take_front(batch)));
  if (!operand[axis].name.empty())
    return refuse("indices cannot go along " + toString(operand[axis]));
  if (operand[axis].size == 0)
    return refuse("indices find nothing along an empty axis");
  Dims result(operand.take_front(axis));
  llvm::append_range(result, index.drop_front(batch));
  llvm::append_range(result, operand.drop_front(axis + 1));
  return result;
}

llvm::Expected<Dims> inferReduce(llvm::ArrayRef<Dim> operand,
                                 llvm::ArrayRef<int64_t> axes) {
  if (auto error = checkAxes(axes, operand.size()))
    return error;
  if (!llvm::is_sorted(axes))
    return refuse("axes do not ascend");
  Dims result;
  for (auto [i, dim] : llvm::enumerate(operand))
    if (!llvm::is_contained(axes, int64_t(i)))
      result.push_back(dim);
  return result;
}

llvm::Expected<Dims> inferContract(llvm::ArrayRef<Dim> lhs,
                                   llvm::ArrayRef<Dim> rhs,
                                   llvm::ArrayRef<int64_t> lhsBatch,
                                   llvm::ArrayRef<int64_t> rhsBatch,
                                   llvm::ArrayRef<int64_t> lhsContract,
                                   llvm::ArrayRef<int64_t> rhsContract) {
  if (lhsBatch.size() != rhsBatch.size() ||
      lhsContract.size() != rhsContract.size())
    return refuse("both sides name different numbers of dimensions");
  auto lhsPaired =
      llvm::to_vector(llvm::concat<const int64_t>(lhsBatch, lhsContract));
  auto rhsPaired =
      llvm::to_vector(llvm::concat<const int64_t>(rhsBatch, rhsContract));
  if (auto error = checkAxes(lhsPaired, lhs.size()))
    return error;
  if (auto error = checkAxes(rhsPaired, rhs.size()))
    return error;
  for (auto [l, r] : llvm::zip_equal(lhsPaired, rhsPaired))
    if (lhs[l] != rhs[r])
      return refuse("paired dimensions differ: " + toString(lhs[l]) + " and " +
                    toString(rhs[r]));
  Dims result;
  for (int64_t axis : lhsBatch)
    result.push_back(lhs[axis]);
  for (auto [i, dim] : llvm::enumerate(lhs))
    if (!llvm::is_contained(lhsPaired, int64_t(i)))
      result.push_back(dim);
  for (auto [i, dim] : llvm::enumerate(rhs))
    if (!llvm::is_contained(rhsPaired, int64_t(i)))
      result.push_back(dim);
  return result;
}

llvm::Expected<Dims> inferBroadcast(llvm::ArrayRef<Dim> lhs,
                                    llvm::ArrayRef<Dim> rhs) {
  auto isOne = [](const Dim &dim) { return dim.size == 1 && dim.name.empty(); };
  Dims result(std::max(lhs.size(), rhs.size()));
  for (size_t i = 1; i <= result.size(); ++i) {
    Dim &dim = result[result.size() - i];
    const Dim *l = i <= lhs.size() ? &lhs[lhs.size() - i] : nullptr;
    const Dim *r = i <= rhs.size() ? &rhs[rhs.size() - i] : nullptr;
    if (!l || !r)
      dim = l ? *l : *r;
    else if (*l == *r || isOne(*r))
      dim = *l;
    else if (isOne(*l))
      dim = *r;
    else
      return refuse("shapes " + toString(lhs) + " and " + toString(rhs) +
                    " do not fit: " + toString(*l) + " against " +
                    toString(*r));
  }
  return result;
}

} // namespace dlcc
