//===- SplitRows.cpp - rows that were merged behind others ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/SplitRows.h"

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlcc;
using namespace dlcc::dlc;
using mlir::RankedTensorType;
using mlir::Value;

static Dims dimsOf(Value value) {
  return getDims(mlir::cast<RankedTensorType>(value.getType()));
}

namespace {

/// Goes through a block and makes twins, with the dimensions apart, of the
/// values whose first dimension is a joined one.
class RowSplitter {
public:
  void run(mlir::Block &block);

private:
  struct Twin {
    Value value;
    Dims apart; ///< the dimensions that are joined to the first one
  };

  bool begin(ReshapeOp op);
  bool visit(mlir::Operation *op);
  bool visit(ReshapeOp op);
  bool visit(ContractOp op);
  bool visit(ReduceOp op);
  bool visit(BroadcastOp op);
  bool visitElementwise(mlir::Operation *op);
  Value repeat(Value operand, const Dims &apart);
  void set(Value value, Value twin, const Dims &apart) {
    twins[value] = {twin, apart};
  }
  /// The type with the first dimension apart.
  static RankedTensorType split(Value value, const Dims &apart) {
    Dims dims = apart;
    llvm::append_range(dims, llvm::drop_begin(dimsOf(value)));
    auto type = mlir::cast<RankedTensorType>(value.getType());
    return getTensorType(value.getContext(), dims, type.getElementType());
  }
  static llvm::SmallVector<int64_t> shift(llvm::ArrayRef<int64_t> axes,
                                          const Dims &apart) {
    return llvm::map_to_vector(
        axes, [&](int64_t axis) { return axis + int64_t(apart.size()) - 1; });
  }

  llvm::DenseMap<Value, Twin> twins;
};

} // namespace

/// A join of dimensions, of which one but the first has rows, to the first.
bool RowSplitter::begin(ReshapeOp op) {
  Dims from = dimsOf(op.getOperand()), to = dimsOf(op.getResult());
  if (to.empty() || to.front().name.empty() || from.empty() ||
      !from.front().name.empty())
    return false;
  auto *rows =
      llvm::find_if(from, [](const Dim &dim) { return !dim.name.empty(); });
  if (rows == from.end())
    return false;
  Dims apart(from.begin(), rows + 1);
  int64_t size = 1;
  for (const Dim &dim : apart)
    size *= dim.size;
  if (size != to.front().size)
    return false;
  mlir::OpBuilder b(op);
  set(op, ReshapeOp::create(b, op.getLoc(), split(op, apart), op.getOperand()),
      apart);
  return true;
}

/// The join ends, or other dimensions change behind it.
bool RowSplitter::visit(ReshapeOp op) {
  Twin twin = twins.lookup(op.getOperand());
  mlir::OpBuilder b(op);
  Dims to = dimsOf(op.getResult());
  if (!to.empty() && to.front() == dimsOf(op.getOperand()).front()) {
    set(op,
        ReshapeOp::create(b, op.getLoc(), split(op, twin.apart), twin.value),
        twin.apart);
    return true;
  }
  Value whole = ReshapeOp::create(b, op.getLoc(), op.getType(), twin.value);
  op.getResult().replaceAllUsesWith(whole);
  return true;
}

bool RowSplitter::visit(ContractOp op) {
  if (!twins.count(op.getLhs()) || twins.count(op.getRhs()) ||
      !op.getLhsBatch().empty() || llvm::is_contained(op.getLhsContract(), 0))
    return false;
  Twin twin = twins.lookup(op.getLhs());
  mlir::OpBuilder b(op);
  set(op,
      ContractOp::create(b, op.getLoc(), twin.value, op.getRhs(),
                         op.getLhsBatch(), op.getRhsBatch(),
                         shift(op.getLhsContract(), twin.apart),
                         op.getRhsContract()),
      twin.apart);
  return true;
}

bool RowSplitter::visit(ReduceOp op) {
  if (llvm::is_contained(op.getAxes(), 0))
    return false;
  Twin twin = twins.lookup(op.getOperand());
  mlir::OpBuilder b(op);
  set(op,
      ReduceOp::create(b, op.getLoc(), op.getKind(), twin.value,
                       shift(op.getAxes(), twin.apart)),
      twin.apart);
  return true;
}

bool RowSplitter::visit(BroadcastOp op) {
  if (op.getAxes().front() != 0)
    return false;
  Twin twin = twins.lookup(op.getOperand());
  llvm::SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis + 1 < int64_t(twin.apart.size()); ++axis)
    axes.push_back(axis);
  llvm::append_range(axes, shift(op.getAxes(), twin.apart));
  mlir::OpBuilder b(op);
  set(op,
      BroadcastOp::create(b, op.getLoc(), split(op, twin.apart), twin.value,
                          axes),
      twin.apart);
  return true;
}

/// What is the same for every index of the first dimension, with the dimensions
/// apart; null where it is not.
Value RowSplitter::repeat(Value operand, const Dims &apart) {
  auto broadcast = operand.getDefiningOp<BroadcastOp>();
  if (!broadcast || llvm::is_contained(broadcast.getAxes(), 0))
    return {};
  mlir::OpBuilder b(broadcast);
  return BroadcastOp::create(b, broadcast.getLoc(), split(operand, apart),
                             broadcast.getOperand(),
                             shift(broadcast.getAxes(), apart));
}

bool RowSplitter::visitElementwise(mlir::Operation *op) {
  Dims apart;
  for (Value operand : op->getOperands())
    if (twins.count(operand))
      apart = twins.lookup(operand).apart;
  mlir::IRMapping mapping;
  for (Value operand : op->getOperands()) {
    Twin twin = twins.lookup(operand);
    if (twin.value && twin.apart != apart)
      return false;
    Value other = twin.value ? twin.value : repeat(operand, apart);
    if (!other)
      return false;
    mapping.map(operand, other);
  }
  mlir::OpBuilder b(op);
  mlir::Operation *copy = b.clone(*op, mapping);
  copy->getResult(0).setType(split(op->getResult(0), apart));
  set(op->getResult(0), copy->getResult(0), apart);
  return true;
}

/// Whether the op has a twin now, or ended the join.
bool RowSplitter::visit(mlir::Operation *op) {
  if (llvm::none_of(op->getOperands(),
                    [&](Value operand) { return twins.count(operand); })) {
    auto reshape = mlir::dyn_cast<ReshapeOp>(op);
    return reshape && begin(reshape);
  }
  if (auto reshape = mlir::dyn_cast<ReshapeOp>(op))
    return visit(reshape);
  if (auto contract = mlir::dyn_cast<ContractOp>(op))
    return visit(contract);
  if (auto reduce = mlir::dyn_cast<ReduceOp>(op))
    return visit(reduce);
  if (auto broadcast = mlir::dyn_cast<BroadcastOp>(op))
    return visit(broadcast);
  return op->hasTrait<mlir::OpTrait::Elementwise>() && visitElementwise(op);
}

void RowSplitter::run(mlir::Block &block) {
  llvm::SmallVector<mlir::Operation *> replaced;
  for (mlir::Operation &op : llvm::make_early_inc_range(block))
    if (visit(&op))
      replaced.push_back(&op);
  // Where nothing else read it the joined form is gone.
  for (mlir::Operation *op : llvm::reverse(replaced)) {
    llvm::SmallVector<Value> operands(op->getOperands());
    if (!op->use_empty())
      continue;
    op->erase();
    for (Value operand : operands)
      if (auto broadcast = operand.getDefiningOp<BroadcastOp>();
          broadcast && broadcast->use_empty() &&
          !llvm::is_contained(replaced, broadcast.getOperation()))
        broadcast.erase();
  }
}

void dlcc::onnx_reader::splitRows(mlir::ModuleOp module) {
  for (auto function : module.getOps<mlir::func::FuncOp>())
    RowSplitter().run(function.getBody().front());
}
