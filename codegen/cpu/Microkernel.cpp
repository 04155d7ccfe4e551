//===- Microkernel.cpp - the inner loop of a contraction ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function for each register tile and type. The tile's accumulators are
// values carried by the loop over k, so they live in vector registers; a step
// of k loads a row of the B panel once and multiplies it with each broadcast
// element of the A panel. codegen/README.md has the picture. Elements of A are
// read one at a time, so they may as well lie anywhere in memory.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/Microkernel.h"

#include "codegen/cpu/BrainPairs.h"
#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/PointerBuilder.h"
#include "codegen/cpu/SharedFunction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlcc::cpu {
namespace {

class MicrokernelBuilder {
public:
  MicrokernelBuilder(OpBuilder &builder, Location loc,
                     const MicrokernelShape &shape)
      : p(builder, loc), shape(shape), vectors(shape.nr / shape.lanes) {}

  /// `places` is empty, or where the rows and the steps of k of A are; behind
  /// them, the rows ahead.
  void build(Value a, Value b, Value c, Value kc, Value ldc, Value first,
             ValueRange places) {
    ahead = places.take_back(3 * shape.ahead.size());
    places = places.drop_back(ahead.size());
    if (!places.empty()) {
      for (int64_t i = 0; i < shape.mr; ++i)
        aRows.push_back(p.at(a, shape.type, listed(places[0], p.constant(i))));
      if (places.size() > 1)
        depth = places[1];
    }
    SmallVector<Value> rows;
    for (int64_t i = 0; i < shape.mr; ++i)
      rows.push_back(p.at(c, shape.type, p.mul(ldc, i)));

    SmallVector<Value> tile = loadTile(rows, first);
    Value whole = p.mul(p.div(kc, shape.unroll), shape.unroll);
    tile = accumulate(a, b, p.constant(0), whole, shape.unroll, tile);
    tile = accumulate(a, b, whole, kc, 1, tile);

    for (int64_t i = 0; i < shape.mr; ++i)
      for (int64_t j = 0; j < vectors; ++j)
        cpu::store(*p, p->getLoc(), tile[i * vectors + j],
                   p.at(rows[i], shape.type, j * shape.lanes), maskOf(j));
  }

private:
  /// The lanes of vector number `j` of a row that there are; null: all.
  Value maskOf(int64_t j) {
    if (!shape.lastLanes || j + 1 < vectors)
      return Value();
    return firstLanes(*p, p->getLoc(), p.constant(shape.lastLanes),
                      shape.lanes);
  }

  /// Elements from one step of k of B to the next.
  int64_t bStep() const { return shape.bStep ? shape.bStep : shape.nr; }

  VectorType vectorType() const {
    return VectorType::get({shape.lanes}, shape.type);
  }

  bool isOfPairs() const { return shape.packed != shape.type; }

  /// The tile of C as it stands, zeros where this is the first block of k.
  SmallVector<Value> loadTile(ArrayRef<Value> rows, Value first) {
    SmallVector<Type> types(shape.mr * vectors, vectorType());
    auto branch = scf::IfOp::create(*p, types, first, /*withElse=*/true);
    OpBuilder::InsertionGuard guard(*p);

    p->setInsertionPointToStart(branch.thenBlock());
    Value zero = arith::ConstantOp::create(*p, p->getZeroAttr(vectorType()));
    scf::YieldOp::create(*p, SmallVector<Value>(types.size(), zero));

    p->setInsertionPointToStart(branch.elseBlock());
    SmallVector<Value> loaded;
    for (Value row : rows)
      for (int64_t j = 0; j < vectors; ++j)
        loaded.push_back(p.load(p.at(row, shape.type, j * shape.lanes),
                                shape.type, shape.lanes));
    scf::YieldOp::create(*p, loaded);
    return SmallVector<Value>(branch.getResults());
  }

  /// Adds the products of k in [from, to), `steps` of them a turn.
  SmallVector<Value> accumulate(Value a, Value b, Value from, Value to,
                                int64_t steps, ArrayRef<Value> tile) {
    return p.loop(from, to, steps, tile, [&](Value k, ValueRange carried) {
      SmallVector<Value> sums(carried);
      if (steps == shape.unroll)
        prefetchRows(p.div(k, steps));
      Value bRow = p.at(b, shape.packed, p.mul(k, bStep()));
      for (int64_t step = 0; step < steps; ++step)
        addOuterProduct(columnAt(a, k, step, steps),
                        p.at(bRow, shape.packed, step * bStep()), sums);
      return sums;
    });
  }

  /// Asks for the rows of a turn. Those behind the last are the last one.
  void prefetchRows(Value turn) {
    for (auto [number, rows] : llvm::enumerate(shape.ahead)) {
      ValueRange place = ahead.slice(3 * number, 3);
      Value last = p.sub(place[2], p.constant(1));
      for (int64_t i = 0; i < rows.perTurn; ++i) {
        Value row = p.add(p.mul(turn, rows.perTurn), p.constant(i));
        Value line =
            p.at(place[0], p->getI8Type(), p.mul(p.min(row, last), place[1]));
        for (int64_t j = 0; j < rows.lines; ++j)
          p.prefetch(p.at(line, p->getI8Type(), j * kCacheLine),
                     /*atOnce=*/false);
      }
    }
  }

  Value listed(Value offsets, Value index) {
    return p.load(p.at(offsets, p->getI64Type(), index), p->getI64Type(), 0);
  }

  /// The places of A's elements `step` steps behind `k`, which begins a turn of
  /// so many.
  SmallVector<Value> columnAt(Value a, Value k, int64_t step, int64_t steps) {
    SmallVector<Value> column;
    if (shape.a == PanelSource::Packed) {
      int64_t panel = shape.panelRows ? shape.panelRows : shape.mr;
      Value first = p.at(p.at(a, shape.packed, p.mul(k, panel)), shape.packed,
                         step * panel);
      for (int64_t i = 0; i < shape.mr; ++i)
        column.push_back(p.at(first, shape.packed, i));
      return column;
    }
    if (shape.a == PanelSource::DirectRows) {
      Value first = p.at(a, shape.type, k);
      for (int64_t i = 0; i < shape.mr; ++i)
        column.push_back(p.at(first, shape.type, i * shape.rowStep + step));
      return column;
    }
    // One offset for the whole turn, where it is enough: registers are few.
    bool isListed = shape.a == PanelSource::DirectList && steps > 1;
    Value offset = isListed ? p.add(k, p.constant(step)) : k;
    if (shape.a != PanelSource::DirectLine)
      offset = listed(depth, offset);
    for (Value row : aRows)
      column.push_back(
          p.at(p.at(row, shape.type, offset), shape.type, isListed ? 0 : step));
    return column;
  }

  /// sums += column of A times row of B.
  void addOuterProduct(ArrayRef<Value> column, Value bRow,
                       MutableArrayRef<Value> sums) {
    SmallVector<Value> row;
    for (int64_t j = 0; j < vectors; ++j)
      row.push_back(
          cpu::load(*p, p->getLoc(), p.at(bRow, shape.packed, j * shape.lanes),
                    VectorType::get({shape.lanes}, shape.packed), maskOf(j)));
    for (int64_t i = 0; i < shape.mr; ++i) {
      Value scalar = p.load(column[i], shape.packed, 0);
      Value splat = vector::BroadcastOp::create(
          *p, VectorType::get({shape.lanes}, shape.packed), scalar);
      for (int64_t j = 0; j < vectors; ++j) {
        Value &sum = sums[i * vectors + j];
        sum = multiplyAdd(splat, row[j], sum);
      }
    }
  }

  Value multiplyAdd(Value x, Value y, Value sum) {
    if (isOfPairs())
      return multiplyAddPairs(*p, x, y, sum);
    if (isa<IntegerType>(shape.type))
      return arith::AddIOp::create(*p, arith::MulIOp::create(*p, x, y), sum);
    // Not vector.fma, which LLVM may round twice.
    if (shape.fma)
      return math::FmaOp::create(*p, x, y, sum);
    return arith::AddFOp::create(*p, arith::MulFOp::create(*p, x, y), sum);
  }

  PointerBuilder p;
  const MicrokernelShape &shape;
  const int64_t vectors;
  /// Where A is read as it lies: its rows, and the step or list of k.
  SmallVector<Value> aRows;
  Value depth;
  ValueRange ahead;
};

StringRef suffixOf(PanelSource a) {
  switch (a) {
  case PanelSource::Packed:
    return "";
  case PanelSource::DirectRows:
    return "_rows";
  case PanelSource::DirectLine:
    return "_line";
  case PanelSource::DirectRuns:
    return "_runs";
  case PanelSource::DirectList:
    return "_list";
  }
  llvm_unreachable("all sources are handled");
}

} // namespace

func::FuncOp getOrCreateMicrokernel(ModuleOp module,
                                    const MicrokernelShape &shape) {
  std::string name;
  llvm::raw_string_ostream(name)
      << "microkernel_" << shape.type
      << (shape.packed == shape.type ? "_" : "_pairs_") << shape.mr << 'x'
      << shape.nr << suffixOf(shape.a);
  // Most have the same.
  if (shape.unroll != 4)
    llvm::raw_string_ostream(name) << "_by" << shape.unroll;
  if (shape.rowStep)
    llvm::raw_string_ostream(name) << shape.rowStep;
  if (shape.panelRows)
    llvm::raw_string_ostream(name) << "_of" << shape.panelRows;
  if (shape.bStep)
    llvm::raw_string_ostream(name) << "_step" << shape.bStep;
  if (shape.lastLanes)
    llvm::raw_string_ostream(name) << "_last" << shape.lastLanes;
  for (const RowsAhead &rows : shape.ahead)
    llvm::raw_string_ostream(name)
        << "_ahead" << rows.perTurn << 'x' << rows.lines;

  Builder builder(module.getContext());
  Type pointer = LLVM::LLVMPointerType::get(module.getContext());
  Type i64 = builder.getI64Type();
  SmallVector<Type> arguments = {pointer, pointer, pointer,
                                 i64,     i64,     builder.getI1Type()};
  if (shape.a != PanelSource::Packed && shape.a != PanelSource::DirectRows)
    arguments.push_back(pointer);
  if (shape.a == PanelSource::DirectRuns || shape.a == PanelSource::DirectList)
    arguments.push_back(pointer);
  for (size_t i = 0; i < shape.ahead.size(); ++i)
    arguments.append({pointer, i64, i64});
  return getOrCreateShared(module, name, arguments, /*apart=*/3,
                           [&](OpBuilder &builder, ValueRange given) {
                             MicrokernelBuilder(builder, module.getLoc(), shape)
                                 .build(given[0], given[1], given[2], given[3],
                                        given[4], given[5],
                                        given.drop_front(6));
                           });
}

} // namespace dlcc::cpu
