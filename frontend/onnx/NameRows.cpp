//===- NameRows.cpp - which dimensions are the rows of a call -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An ONNX model is read for one number of rows, so that all of its shapes are
// numbers. Read for one row more, it is another program. Where both consist of
// the same ops, which differ in sizes alone, and every size that differs is a
// multiple of the rows, the first program is one for any rows up to its own:
// these sizes are the batch. Nothing else can depend on the rows, since it
// would differ too (a mean over the rows has their number as a constant, a
// slice its end). The ops' verifiers then tell whether rows stay together.
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/NameRows.h"

#include "frontend/onnx/SplitRows.h"
#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlcc;
using namespace dlcc::onnx_reader;
using mlir::RankedTensorType;

namespace {

/// Compares two programs op by op and notes what the first one's types become.
class Comparison {
public:
  explicit Comparison(int64_t rows) : rows(rows) {}

  /// Whether both agree; `where` and `whyNot` tell of the first difference.
  bool compare(mlir::ModuleOp first, mlir::ModuleOp second);

  mlir::Operation *where = nullptr;
  std::string whyNot;
  std::vector<std::pair<mlir::Value, mlir::Type>> types;

private:
  bool compare(mlir::Region &first, mlir::Region &second);
  bool compare(mlir::Block &first, mlir::Block &second);
  bool compare(mlir::Operation *first, mlir::Operation *second);
  bool compareTypes(mlir::Value first, mlir::Value second);
  bool compareSlices(dlc::SliceOp first, dlc::SliceOp second);
  bool differ(mlir::Operation *op, const llvm::Twine &why) {
    where = op;
    whyNot = why.str();
    return false;
  }

  int64_t rows;
  mlir::IRMapping twins; ///< values of the second program by the first's
};

} // namespace

bool Comparison::compareTypes(mlir::Value first, mlir::Value second) {
  twins.map(first, second);
  auto one = mlir::dyn_cast<RankedTensorType>(first.getType());
  auto two = mlir::dyn_cast<RankedTensorType>(second.getType());
  if (!one || !two || one.getRank() != two.getRank() ||
      one.getElementType() != two.getElementType())
    return first.getType() == second.getType();
  Dims dims = getDims(one);
  bool isNamed = false;
  for (auto [dim, size] : llvm::zip_equal(dims, two.getShape())) {
    if (dim.size == size)
      continue;
    int64_t multiple = size - dim.size;
    if (multiple < 1 || dim.size != multiple * rows)
      return false;
    dim.name = multiple == 1 ? "batch" : "batch*" + std::to_string(multiple);
    isNamed = true;
  }
  if (isNamed)
    types.emplace_back(
        first, getTensorType(first.getContext(), dims, one.getElementType()));
  return true;
}

/// A slice may take all rows, or not touch them.
bool Comparison::compareSlices(dlc::SliceOp first, dlc::SliceOp second) {
  auto from = mlir::cast<RankedTensorType>(first.getOperand().getType());
  auto other = mlir::cast<RankedTensorType>(second.getOperand().getType());
  for (int64_t i = 0; i < from.getRank(); ++i) {
    bool isRows = from.getDimSize(i) != other.getDimSize(i);
    bool isWhole = first.getSizes()[i] == from.getDimSize(i) &&
                   second.getSizes()[i] == other.getDimSize(i);
    if (isRows && !isWhole)
      return differ(first, "takes some of the rows");
    if (!isRows && first.getSizes()[i] != second.getSizes()[i])
      return differ(first, "depends on the number of rows");
  }
  if (first.getOffsets() != second.getOffsets() ||
      first.getStrides() != second.getStrides())
    return differ(first, "depends on the number of rows");
  return true;
}

bool Comparison::compare(mlir::Operation *first, mlir::Operation *second) {
  if (first->getName() != second->getName() ||
      first->getNumOperands() != second->getNumOperands() ||
      first->getNumResults() != second->getNumResults() ||
      first->getNumRegions() != second->getNumRegions())
    return differ(first, "depends on the number of rows");
  for (auto [one, two] :
       llvm::zip_equal(first->getOperands(), second->getOperands()))
    if (twins.lookupOrNull(one) != two)
      return differ(first, "depends on the number of rows");
  if (auto slice = mlir::dyn_cast<dlc::SliceOp>(first)) {
    if (!compareSlices(slice, mlir::cast<dlc::SliceOp>(second)))
      return false;
  } else if (first->getDiscardableAttrDictionary() !=
                 second->getDiscardableAttrDictionary() ||
             first->getPropertiesAsAttribute() !=
                 second->getPropertiesAsAttribute()) {
    return differ(first, "depends on the number of rows");
  }
  for (auto [one, two] :
       llvm::zip_equal(first->getResults(), second->getResults()))
    if (!compareTypes(one, two))
      return differ(first, "makes a tensor that is no multiple of the rows");
  for (auto [one, two] :
       llvm::zip_equal(first->getRegions(), second->getRegions()))
    if (!compare(one, two))
      return false;
  return true;
}

bool Comparison::compare(mlir::Block &first, mlir::Block &second) {
  mlir::Operation *around = first.getParentOp();
  if (first.getNumArguments() != second.getNumArguments())
    return differ(around, "depends on the number of rows");
  for (auto [one, two] :
       llvm::zip_equal(first.getArguments(), second.getArguments()))
    if (!compareTypes(one, two))
      return differ(around, "depends on the number of rows");
  auto other = second.begin();
  for (mlir::Operation &op : first) {
    if (other == second.end())
      return differ(&op, "depends on the number of rows");
    if (!compare(&op, &*other++))
      return false;
  }
  return true;
}

bool Comparison::compare(mlir::Region &first, mlir::Region &second) {
  return llvm::all_of_zip(first, second, [&](mlir::Block &a, mlir::Block &b) {
    return compare(a, b);
  });
}

bool Comparison::compare(mlir::ModuleOp first, mlir::ModuleOp second) {
  for (auto function : first.getOps<mlir::func::FuncOp>()) {
    auto other = second.lookupSymbol<mlir::func::FuncOp>(function.getSymName());
    if (function.getSymName() != "init" &&
        !compare(function.getBody(), other.getBody()))
      return false;
  }
  return true;
}

/// Calls take and give rows one after the other, and nothing searches them.
static std::string checkRows(mlir::ModuleOp module, mlir::Operation *&where) {
  auto rowsStand = [](mlir::Type type) {
    auto tensor = mlir::cast<RankedTensorType>(type);
    return llvm::all_of(llvm::enumerate(getDims(tensor)), [](auto dim) {
      return dim.index() == 0 || dim.value().name.empty();
    });
  };
  std::string why;
  module.walk([&](mlir::Operation *op) {
    auto set = [&](const char *text) {
      where = op;
      why = text;
      return mlir::WalkResult::interrupt();
    };
    if (auto function = mlir::dyn_cast<mlir::func::FuncOp>(op))
      if (!llvm::all_of(function.getArgumentTypes(), rowsStand) ||
          !llvm::all_of(function.getResultTypes(), rowsStand))
        return set(
            "has the rows of an input or output in another place than the "
            "first");
    if (auto search = mlir::dyn_cast<dlc::ArgReduceOp>(op))
      if (!getDims(search.getOperand().getType())[search.getAxis()]
               .name.empty())
        return set("searches the rows");
    if (auto scan = mlir::dyn_cast<dlc::ScanOp>(op))
      for (mlir::Value stack :
           llvm::concat<mlir::Value>(scan.getInputs(), scan.getOutputs()))
        if (!getDims(mlir::cast<RankedTensorType>(stack.getType()))[0]
                 .name.empty())
          return set("goes through the rows one after the other");
    return mlir::WalkResult::advance();
  });
  return why;
}

/// `node 3 'conv1'`, of an op that a node became.
static std::string describe(mlir::Operation *op) {
  auto named = mlir::dyn_cast<mlir::NameLoc>(op->getLoc());
  auto line = named ? mlir::dyn_cast<mlir::FileLineColLoc>(named.getChildLoc())
                    : mlir::FileLineColLoc();
  if (!line)
    return "the model";
  std::string number =
      line.getLine() ? "node " + std::to_string(line.getLine()) + " " : "";
  return number + "'" + named.getName().str() + "'";
}

mlir::OwningOpRef<mlir::ModuleOp>
dlcc::onnx_reader::nameRows(mlir::ModuleOp first, mlir::ModuleOp second,
                            int64_t rows, std::string &whyNot) {
  // Types change in a copy, which may come to nothing.
  mlir::OwningOpRef<mlir::ModuleOp> named = first.clone();
  Comparison comparison(rows);
  if (!comparison.compare(*named, second)) {
    whyNot = describe(comparison.where) + " " + comparison.whyNot;
    return {};
  }
  for (auto &[value, type] : comparison.types)
    value.setType(type);
  splitRows(*named);
  for (auto function : named->getOps<mlir::func::FuncOp>()) {
    mlir::Block &block = function.getBody().front();
    function.setFunctionType(
        mlir::FunctionType::get(function.getContext(), block.getArgumentTypes(),
                                block.getTerminator()->getOperandTypes()));
  }
  mlir::Operation *where = nullptr;
  std::string why = checkRows(*named, where);
  if (!why.empty()) {
    whyNot = describe(where) + " " + why;
    return {};
  }
  mlir::ScopedDiagnosticHandler handler(
      first.getContext(), [&](mlir::Diagnostic &diagnostic) {
        if (whyNot.empty() &&
            diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
          whyNot = diagnostic.str();
        return mlir::success();
      });
  if (mlir::succeeded(mlir::verify(*named)))
    return named;
  return {};
}
