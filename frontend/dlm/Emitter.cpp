//===- Emitter.cpp - builds one function of dlc ops -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Emitter.h"

#include "ir/Target.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace dlcc;
using namespace dlcc::dlm;
using mlir::RankedTensorType;
using mlir::Type;

Emitter::Emitter(mlir::ModuleOp module, llvm::StringRef name,
                 llvm::StringRef entry, const DimensionTable &dims,
                 bool training)
    : module(module), builder(module.getContext()), loc(module.getLoc()),
      dims(dims), training(training) {
  builder.setInsertionPointToEnd(module.getBody());
  function = mlir::func::FuncOp::create(builder, loc, name,
                                        builder.getFunctionType({}, {}));
  function->setAttr(attr::kEntry, builder.getStringAttr(entry));
  builder.setInsertionPointToEnd(function.addEntryBlock());
}

bool Emitter::owns(mlir::Value value) const {
  // A block of its own is the body of a gradient.
  mlir::func::FuncOp mine = function;
  return mine.getBody().isAncestor(value.getParentRegion());
}

RankedTensorType Emitter::typeOf(Type element,
                                 llvm::ArrayRef<Extent> shape) const {
  Dims result;
  for (const Extent &extent : shape)
    result.push_back(dims.toDim(extent));
  return getTensorType(element.getContext(), result, element);
}

Tensor Emitter::argument(llvm::StringRef name, Type element, Extents shape) {
  unsigned index = function.getNumArguments();
  auto named = builder.getDictionaryAttr(
      builder.getNamedAttr(attr::kName, builder.getStringAttr(name)));
  (void)function.insertArgument(
      index, typeOf(element, shape), named,
      mlir::NameLoc::get(builder.getStringAttr(name), loc));
  return {function.getArgument(index), element, std::move(shape)};
}

void Emitter::boundArgument(const Tensor &tensor, int64_t bound) {
  mlir::Value value = tensor.value;
  // A cast or another shape of the input is still the input, and so are a
  // scan's slices of it.
  while (!mlir::isa<mlir::BlockArgument>(value) ||
         value.getParentRegion() != &function.getBody()) {
    mlir::Operation *op = value.getDefiningOp();
    auto scan =
        mlir::dyn_cast<dlc::ScanOp>(value.getParentRegion()->getParentOp());
    if (mlir::isa_and_nonnull<dlc::ReshapeOp, dlc::CastOp, dlc::BroadcastOp,
                              dlc::TransposeOp>(op))
      value = op->getOperand(0);
    else if (auto slice = mlir::dyn_cast<mlir::BlockArgument>(value);
             slice && scan && slice.getArgNumber() < scan.getInputs().size())
      value = scan.getInputs()[slice.getArgNumber()];
    else
      return;
  }
  unsigned index = mlir::cast<mlir::BlockArgument>(value).getArgNumber();
  auto old = function.getArgAttrOfType<mlir::IntegerAttr>(index, attr::kBound);
  if (!old || old.getInt() > bound)
    function.setArgAttr(index, attr::kBound, builder.getI64IntegerAttr(bound));
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

Tensor Emitter::number(double value, Type element) {
  auto type = RankedTensorType::get({}, element);
  auto attr =
      mlir::DenseElementsAttr::get(type, builder.getFloatAttr(element, value));
  return {dlc::ConstantOp::create(builder, loc, attr), element, {}};
}

Tensor Emitter::integer(int64_t value, Type element) {
  if (isFloat(element))
    return number(value, element);
  auto type = RankedTensorType::get({}, element);
  auto attr = mlir::DenseElementsAttr::get(
      type, llvm::APInt(element.getIntOrFloatBitWidth(), value,
                        /*isSigned=*/true, /*implicitTrunc=*/true));
  return {dlc::ConstantOp::create(builder, loc, attr), element, {}};
}

Tensor Emitter::extent(const Extent &extent, Type element) {
  if (!extent.hasBatch())
    return integer(dims.size(extent), element);
  Type i64 = builder.getI64Type();
  Tensor rows = control("$rows", i64);
  int64_t others = dims.size(extent) / dims.size(Extent::named("batch"));
  if (others != 1)
    rows = binary<dlc::MulOp>(rows, integer(others, i64));
  return cast(rows, element);
}

Tensor Emitter::control(llvm::StringRef name, Type element) {
  auto type = RankedTensorType::get({}, element);
  if (!module.lookupSymbol(name)) {
    mlir::OpBuilder top = mlir::OpBuilder::atBlockBegin(module.getBody());
    dlc::VariableOp::create(top, module.getLoc(), dlc::VariableKind::Control,
                            name, type, /*trainable=*/false);
  }
  return {readVariable(name, type), element, {}};
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

/// What a reshape that only adds dimensions of 1 was made from, and where its
/// dimensions went; none for other values. A sum that kept its axis and is
/// broadcast again needs no tensor of that shape in between.
static mlir::Value withoutUnitAxes(mlir::Value value,
                                   llvm::SmallVector<int64_t> &positions) {
  auto reshape = value.getDefiningOp<dlc::ReshapeOp>();
  if (!reshape)
    return {};
  Dims from = getDims(reshape.getOperand().getType());
  Dims to = getDims(mlir::cast<RankedTensorType>(value.getType()));
  size_t next = 0;
  for (auto [i, dim] : llvm::enumerate(to)) {
    if (next < from.size() && dim == from[next]) {
      positions.push_back(i);
      ++next;
    } else if (dim != Dim{1, ""}) {
      return {};
    }
  }
  return next == from.size() ? reshape.getOperand() : mlir::Value();
}

Tensor Emitter::broadcast(const Tensor &operand, const Extents &shape) {
  if (operand.shape == shape)
    return operand;
  int64_t shift = shape.size() - operand.rank();
  llvm::SmallVector<int64_t> axes;
  mlir::Value value = withoutUnitAxes(operand.value, axes);
  if (!value) {
    value = operand.value;
    axes.clear();
    for (unsigned i = 0; i < operand.rank(); ++i)
      axes.push_back(i);
  }
  for (int64_t &axis : axes)
    axis += shift;
  return {dlc::BroadcastOp::create(builder, loc, typeOf(operand.element, shape),
                                   value, axes),
          operand.element, shape};
}

Tensor Emitter::reshape(const Tensor &operand, const Extents &shape) {
  RankedTensorType type = typeOf(operand.element, shape);
  if (operand.value.getType() == type)
    return {operand.value, operand.element, shape};
  return {dlc::ReshapeOp::create(builder, loc, type, operand.value),
          operand.element, shape};
}

Tensor Emitter::cast(const Tensor &operand, Type element) {
  if (operand.element == element)
    return operand;
  return {dlc::CastOp::create(builder, loc, typeOf(element, operand.shape),
                              operand.value),
          element, operand.shape};
}

Tensor Emitter::transpose(const Tensor &operand,
                          llvm::ArrayRef<int64_t> permutation) {
  Tensor result = operand;
  for (auto [i, from] : llvm::enumerate(permutation))
    result.shape[i] = operand.shape[from];
  result.value =
      dlc::TransposeOp::create(builder, loc, operand.value, permutation);
  return result;
}

Tensor Emitter::slice(const Tensor &operand, llvm::ArrayRef<int64_t> offsets,
                      llvm::ArrayRef<int64_t> sizes,
                      llvm::ArrayRef<int64_t> strides, const Extents &shape) {
  return {dlc::SliceOp::create(builder, loc, operand.value, offsets, sizes,
                               strides),
          operand.element, shape};
}

Tensor Emitter::concat(int64_t axis, llvm::ArrayRef<Tensor> operands,
                       const Extents &shape) {
  llvm::SmallVector<mlir::Value> values;
  for (const Tensor &operand : operands)
    values.push_back(operand.value);
  return {dlc::ConcatOp::create(builder, loc, axis, values),
          operands[0].element, shape};
}

Tensor Emitter::pad(const Tensor &operand, const Tensor &value,
                    llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
                    llvm::ArrayRef<int64_t> interior, const Extents &shape) {
  return {dlc::PadOp::create(builder, loc, operand.value, value.value, low,
                             high, interior),
          operand.element, shape};
}

Tensor Emitter::window(const Tensor &operand, llvm::ArrayRef<int64_t> axes,
                       llvm::ArrayRef<int64_t> sizes,
                       llvm::ArrayRef<int64_t> strides,
                       llvm::ArrayRef<int64_t> dilations,
                       const Extents &shape) {
  return {dlc::WindowOp::create(builder, loc, operand.value, axes, sizes,
                                strides, dilations),
          operand.element, shape};
}

Tensor Emitter::unwindow(const Tensor &operand, llvm::ArrayRef<int64_t> axes,
                         llvm::ArrayRef<int64_t> strides,
                         llvm::ArrayRef<int64_t> dilations,
                         const Extents &shape) {
  return {dlc::UnwindowOp::create(builder, loc, typeOf(operand.element, shape),
                                  operand.value, axes, strides, dilations),
          operand.element, shape};
}

Tensor Emitter::gather(const Tensor &operand, const Tensor &index, int64_t axis,
                       int64_t batch, const Extents &shape) {
  return {dlc::GatherOp::create(builder, loc, operand.value, index.value, axis,
                                batch),
          operand.element, shape};
}

Tensor Emitter::scatterAdd(const Tensor &values, const Tensor &index,
                           int64_t axis, int64_t batch, const Extents &shape) {
  return {dlc::ScatterAddOp::create(builder, loc, typeOf(values.element, shape),
                                    values.value, index.value, axis, batch),
          values.element, shape};
}

Tensor Emitter::rank(const Tensor &operand, int64_t axis, bool descending,
                     int64_t limit) {
  return {
      dlc::RankOp::create(builder, loc, operand.value, axis, descending, limit),
      builder.getI32Type(), operand.shape};
}

Tensor Emitter::cumulative(const Tensor &operand, int64_t axis, bool reverse,
                           bool exclusive) {
  return {dlc::CumulativeOp::create(builder, loc, operand.value, axis, reverse,
                                    exclusive),
          operand.element, operand.shape};
}

Tensor Emitter::iota(int64_t axis, Type element, const Extents &shape) {
  return {dlc::IotaOp::create(builder, loc, typeOf(element, shape), axis),
          element, shape};
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Tensor Emitter::reduce(dlc::ReduceKind kind, const Tensor &operand,
                       llvm::ArrayRef<int64_t> axes, bool keepDims) {
  Extents reduced, kept;
  for (auto [i, extent] : llvm::enumerate(operand.shape)) {
    bool gone = llvm::is_contained(axes, int64_t(i));
    kept.push_back(gone ? Extent(1) : extent);
    if (!gone)
      reduced.push_back(extent);
  }
  Tensor result = operand;
  result.shape = reduced;
  if (!axes.empty())
    result.value =
        dlc::ReduceOp::create(builder, loc, kind, operand.value, axes);
  return keepDims ? reshape(result, kept) : result;
}

Tensor Emitter::argReduce(dlc::ReduceKind kind, const Tensor &operand,
                          int64_t axis) {
  Extents shape = operand.shape;
  shape.erase(shape.begin() + axis);
  return {dlc::ArgReduceOp::create(builder, loc, kind, operand.value, axis),
          builder.getI32Type(), shape};
}

Tensor Emitter::contract(const Tensor &lhs, const Tensor &rhs,
                         llvm::ArrayRef<int64_t> lhsBatch,
                         llvm::ArrayRef<int64_t> rhsBatch,
                         llvm::ArrayRef<int64_t> lhsAxes,
                         llvm::ArrayRef<int64_t> rhsAxes,
                         const Extents &shape) {
  return {dlc::ContractOp::create(builder, loc, lhs.value, rhs.value, lhsBatch,
                                  rhsBatch, lhsAxes, rhsAxes),
          lhs.element, shape};
}

Tensor Emitter::compare(dlc::Comparison comparison, const Tensor &lhs,
                        const Tensor &rhs) {
  return {
      dlc::CompareOp::create(builder, loc, comparison, lhs.value, rhs.value),
      builder.getI1Type(), lhs.shape};
}

Tensor Emitter::select(const Tensor &condition, const Tensor &onTrue,
                       const Tensor &onFalse) {
  Tensor result = onTrue;
  result.value = dlc::SelectOp::create(builder, loc, condition.value,
                                       onTrue.value, onFalse.value);
  return result;
}

Tensor Emitter::random(dlc::Distribution distribution, uint64_t path,
                       Type element, const Extents &shape) {
  Type i64 = builder.getI64Type();
  Tensor seed = control("$seed", i64);
  // Weights are a function of the seed alone.
  bool isInit =
      function->getAttrOfType<mlir::StringAttr>(attr::kEntry).getValue() ==
      "init";
  Tensor step = isInit ? integer(0, i64) : control("$step", i64);
  // Each step of a scan has numbers of its own: a slice of those of all.
  Extents whole;
  for (const auto &[scan, steps] : scans)
    whole.push_back(steps);
  whole.append(shape);
  mlir::OpBuilder::InsertionGuard guard(builder);
  if (!scans.empty())
    builder.setInsertionPoint(scans.front().first);
  mlir::Value value =
      dlc::RandomOp::create(builder, loc, typeOf(element, whole), distribution,
                            seed.value, step.value, path);
  for (auto &[scan, steps] : scans) {
    unsigned slice = scan.getInputs().size();
    scan.getInputsMutable().append(value);
    value = scan.getBlock().insertArgument(
        slice, getSliceType(mlir::cast<RankedTensorType>(value.getType())),
        loc);
  }
  return {value, element, shape};
}

static llvm::SmallVector<mlir::Value> valuesOf(llvm::ArrayRef<Tensor> tensors) {
  return llvm::map_to_vector(tensors,
                             [](const Tensor &tensor) { return tensor.value; });
}

llvm::SmallVector<Tensor>
Emitter::callExtern(const ExternDecl &function, llvm::ArrayRef<Tensor> inputs,
                    llvm::ArrayRef<int64_t> dims,
                    llvm::SmallVector<Tensor> results) {
  llvm::SmallVector<Type> types;
  for (const Tensor &result : results)
    types.push_back(typeOf(result.element, result.shape));
  auto gradient = function.gradient
                      ? builder.getStringAttr(function.gradient->text)
                      : mlir::StringAttr();
  auto call = dlc::ExternOp::create(
      builder, loc, types, builder.getStringAttr(function.symbol.text),
      gradient, valuesOf(inputs), builder.getDenseI64ArrayAttr(dims));
  for (auto [result, output] : llvm::zip_equal(results, call.getOutputs()))
    result.value = output;
  return results;
}

std::pair<dlc::CustomGradientOp, llvm::SmallVector<Tensor>>
Emitter::beginGradient(llvm::ArrayRef<Tensor> values,
                       llvm::ArrayRef<Tensor> arguments) {
  auto op = dlc::CustomGradientOp::create(builder, loc, valuesOf(values),
                                          valuesOf(arguments));
  mlir::Block &body = op.getBody().emplaceBlock();
  builder.setInsertionPointToStart(&body);
  llvm::SmallVector<Tensor> gradients(values);
  for (Tensor &gradient : gradients)
    gradient.value = body.addArgument(gradient.value.getType(), loc);
  return {op, gradients};
}

void Emitter::endGradient(dlc::CustomGradientOp op,
                          llvm::ArrayRef<Tensor> gradients) {
  dlc::YieldOp::create(builder, loc, valuesOf(gradients));
  builder.setInsertionPointAfter(op);
}

llvm::SmallVector<Tensor> Emitter::beginScan(const Extent &steps, bool reverse,
                                             llvm::ArrayRef<Tensor> inputs,
                                             llvm::ArrayRef<Tensor> inits) {
  dlc::ScanOp scan = dlc::ScanOp::begin(builder, loc, dims.size(steps), reverse,
                                        valuesOf(inputs), valuesOf(inits));
  scans.emplace_back(scan, steps);
  builder.setInsertionPointToStart(&scan.getBlock());
  llvm::SmallVector<Tensor> arguments(inputs);
  llvm::append_range(arguments, inits);
  for (auto [i, tensor] : llvm::enumerate(arguments)) {
    tensor.value = scan.getBlock().getArgument(i);
    if (i < inputs.size())
      tensor.shape.erase(tensor.shape.begin());
  }
  return arguments;
}

llvm::SmallVector<Tensor> Emitter::endScan(llvm::ArrayRef<Tensor> outputs,
                                           llvm::ArrayRef<Tensor> carries) {
  auto [open, steps] = scans.back();
  scans.pop_back();
  dlc::ScanOp scan = dlc::ScanOp::finish(
      open, valuesOf(outputs), valuesOf(carries), dims.toDim(steps).name);
  builder.setInsertionPointAfter(scan);
  llvm::SmallVector<Tensor> results(outputs);
  for (Tensor &output : results)
    output.shape.insert(output.shape.begin(), steps);
  llvm::append_range(results, carries);
  for (auto [tensor, result] : llvm::zip_equal(results, scan.getResults()))
    tensor.value = result;
  return results;
}

void Emitter::dropScan() {
  dlc::ScanOp scan = scans.back().first;
  scans.pop_back();
  builder.setInsertionPointAfter(scan);
  scan->erase();
}

//===----------------------------------------------------------------------===//
// Variables and the end
//===----------------------------------------------------------------------===//

mlir::Value Emitter::readVariable(llvm::StringRef name, RankedTensorType type) {
  mlir::Value &value = reads[name.str()];
  if (value)
    return value;
  mlir::OpBuilder::InsertionGuard guard(builder);
  if (lastRead)
    builder.setInsertionPointAfter(lastRead);
  else
    builder.setInsertionPointToStart(&function.getBody().front());
  // Named after the variable, not after the layer that asks first.
  mlir::Location line = loc;
  if (auto named = mlir::dyn_cast<mlir::NameLoc>(line))
    line = named.getChildLoc();
  auto nameLoc =
      mlir::NameLoc::get(builder.getStringAttr(name.ltrim('$')), line);
  auto read = dlc::ReadOp::create(builder, nameLoc, type, name);
  lastRead = read;
  return value = read;
}

Tensor Emitter::read(const VariableInfo &variable) {
  for (const auto &[name, value] : stores)
    if (name == variable.name)
      return {value, variable.element, variable.shape};
  return {readVariable(variable.name, typeOf(variable.element, variable.shape)),
          variable.element, variable.shape};
}

void Emitter::write(const VariableInfo &variable, const Tensor &value) {
  for (auto &[name, stored] : stores)
    if (name == variable.name) {
      stored = value.value;
      return;
    }
  stores.emplace_back(variable.name, value.value);
}

void Emitter::forget(llvm::StringRef name) {
  llvm::erase_if(stores,
                 [&](const auto &store) { return store.first == name; });
}

void Emitter::finish(llvm::ArrayRef<std::pair<std::string, Tensor>> results) {
  for (const auto &[name, value] : stores)
    dlc::WriteOp::create(builder, loc, name, value);
  llvm::SmallVector<mlir::Value> values;
  llvm::SmallVector<Type> types;
  for (const auto &[name, tensor] : results) {
    values.push_back(tensor.value);
    types.push_back(tensor.value.getType());
  }
  mlir::func::ReturnOp::create(builder, function.getLoc(), values);
  function.setFunctionType(
      builder.getFunctionType(function.getArgumentTypes(), types));
  // All at once: each call makes and keeps an array of all results.
  llvm::SmallVector<mlir::Attribute> names;
  for (const auto &result : results)
    names.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
        attr::kName, builder.getStringAttr(result.first))));
  if (!names.empty())
    function.setResAttrsAttr(builder.getArrayAttr(names));
  for (mlir::Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (mlir::isOpTriviallyDead(&op))
      op.erase();
}
