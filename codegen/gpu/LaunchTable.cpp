//===- LaunchTable.cpp - the launches of an entry as a text ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/LaunchTable.h"

#include "codegen/gpu/Launches.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::gpu;

namespace {

/// Memory at a constant place: a region or an argument of the entry, and bytes
/// from its beginning.
struct Place {
  std::string buffer;
  int64_t offset = 0;
};

/// Walks one entry function with all numbers known.
class EntryWalk {
public:
  EntryWalk(func::FuncOp entry, size_t level, llvm::json::OStream &out)
      : entry(entry), level(level), out(out) {}
  LogicalResult print();

private:
  void nameArguments();
  LogicalResult walk(Block &block);
  LogicalResult walk(Operation &op);
  LogicalResult walk(scf::ForOp loop);
  void walk(func::CallOp call);
  void printMap(const TensorMap &map, Value operand, int64_t rows);
  std::optional<int64_t> number(Value value) const;

  func::FuncOp entry;
  size_t level;
  llvm::json::OStream &out;
  DenseMap<Value, Place> places;
  DenseMap<Value, int64_t> numbers;
};

} // namespace

static constexpr llvm::StringLiteral regions[] = {"weights", "optimizer",
                                                  "state", "control", "arena"};

void EntryWalk::nameArguments() {
  unsigned count = entry.getNumArguments() - std::size(regions);
  auto inputs = entry->getAttrOfType<IntegerAttr>(attr::kInputs);
  out.attributeArray("buffers", [&] {
    for (BlockArgument argument : entry.getArguments()) {
      unsigned number = argument.getArgNumber();
      std::string name;
      if (number >= count)
        name = regions[number - count].str();
      else
        name = entry.getArgAttrOfType<StringAttr>(number, attr::kName).str();
      auto type = cast<MemRefType>(argument.getType());
      int64_t bits = type.getElementTypeBitWidth();
      places[argument] = {name, 0};
      out.object([&] {
        out.attribute("name", name);
        out.attribute("bytes", type.getNumElements() * ((bits + 7) / 8));
        bool isOutput = number < count && number >= inputs.getInt();
        if (isOutput || name == "arena")
          out.attribute("defined", false);
      });
    }
  });
}

std::optional<int64_t> EntryWalk::number(Value value) const {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  if (auto found = numbers.find(value); found != numbers.end())
    return found->second;
  return std::nullopt;
}

void EntryWalk::printMap(const TensorMap &map, Value operand, int64_t rows) {
  auto list = [&](StringRef name, ArrayRef<int64_t> numbers) {
    out.attributeArray(name, [&] {
      for (int64_t number : numbers)
        out.value(number);
    });
  };
  const Place &place = places[operand];
  bool roundsToTf32 = isa<FloatTF32Type>(map.element);
  int64_t given = map.rowsOfRow ? map.rowsOfRow * rows : map.rows;
  out.object([&] {
    out.attributeObject("tensor_map", [&] {
      out.attribute("buffer", place.buffer);
      out.attribute("offset", place.offset + map.offset);
      out.attribute("element_bytes", int64_t(roundsToTf32 ? 4 : 2));
      list("extents", {map.columns, given});
      list("strides", {map.rowBytes});
      list("box", {map.boxColumns, map.boxRows});
      out.attribute("swizzle", 128);
      if (roundsToTf32)
        out.attribute("rounds_to_tf32", true);
    });
    // For who runs it with fewer rows.
    if (map.rowsOfRow)
      out.attribute("rows_of_row", map.rowsOfRow);
  });
}

void EntryWalk::walk(func::CallOp call) {
  auto kernel = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      call, call.getCalleeAttr());
  for (const Launch &launch : getLaunches(kernel, level))
    out.object([&] {
      out.attribute("kernel", launch.entry);
      out.attributeArray("grid", [&] {
        for (int64_t extent : launch.grid)
          out.value(extent);
      });
      out.attributeArray("block", [&] {
        for (int64_t extent : {launch.block, int64_t(1), int64_t(1)})
          out.value(extent);
      });
      out.attribute("shared", launch.sharedBytes);
      out.attributeArray("args", [&] {
        auto print = [&](StringRef buffer, int64_t offset, int64_t bytes) {
          out.object([&] {
            out.attribute("buffer", buffer);
            out.attribute("offset", offset);
            out.attribute("bytes", bytes);
          });
        };
        for (Value operand : call.getOperands()) {
          const Place &place = places[operand];
          auto type = cast<MemRefType>(operand.getType());
          int64_t bits = type.getElementTypeBitWidth();
          print(place.buffer, place.offset,
                type.getNumElements() * ((bits + 7) / 8));
        }
        auto bytes = kernel->getAttrOfType<IntegerAttr>(attr::kScratch);
        print("workspace", 0, bytes ? bytes.getInt() : 0);
        auto batch =
            call->getParentOfType<ModuleOp>()->getAttrOfType<IntegerAttr>(
                attr::kBatch);
        out.object([&] { out.attribute("i32", batch.getInt()); });
        for (const TensorMap &map : launch.maps)
          printMap(map, call.getOperand(map.buffer), batch.getInt());
      });
    });
}

LogicalResult EntryWalk::walk(scf::ForOp loop) {
  auto from = number(loop.getLowerBound()), to = number(loop.getUpperBound()),
       step = number(loop.getStep());
  if (loop->hasAttr(attr::kPartRows) || !from || !to || !step)
    return loop.emitError("parts of a batch cannot be listed as launches");
  for (auto [argument, init] :
       llvm::zip_equal(loop.getRegionIterArgs(), loop.getInitArgs()))
    places[argument] = Place(places[init]);
  for (int64_t i = *from; i < *to; i += *step) {
    numbers[loop.getInductionVar()] = i;
    if (failed(walk(*loop.getBody())))
      return failure();
    SmallVector<Place> next;
    for (Value value : loop.getBody()->getTerminator()->getOperands())
      next.push_back(places[value]);
    for (auto [argument, place] :
         llvm::zip_equal(loop.getRegionIterArgs(), next))
      places[argument] = place;
  }
  for (auto [result, argument] :
       llvm::zip_equal(loop.getResults(), loop.getRegionIterArgs()))
    places[result] = Place(places[argument]);
  return success();
}

LogicalResult EntryWalk::walk(Operation &op) {
  if (auto call = dyn_cast<func::CallOp>(op)) {
    walk(call);
    return success();
  }
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return walk(loop);
  if (auto view = dyn_cast<memref::ViewOp>(op)) {
    Place place = places[view.getSource()];
    place.offset += number(view.getByteShift()).value_or(0);
    places[view] = std::move(place);
    return success();
  }
  if (op.getNumResults() == 1 && isa<MemRefType>(op.getResult(0).getType())) {
    places[op.getResult(0)] = Place(places[op.getOperand(0)]);
    return success();
  }
  if (op.getNumResults() != 1 || op.getNumOperands() != 2)
    return success();
  auto left = number(op.getOperand(0)), right = number(op.getOperand(1));
  if (!left || !right)
    return success();
  int64_t value = isa<arith::AddIOp>(op)   ? *left + *right
                  : isa<arith::SubIOp>(op) ? *left - *right
                  : isa<arith::MulIOp>(op) ? *left * *right
                                           : *left % *right;
  numbers[op.getResult(0)] = value;
  return success();
}

LogicalResult EntryWalk::walk(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(walk(op)))
      return failure();
  return success();
}

LogicalResult EntryWalk::print() {
  LogicalResult result = success();
  out.object([&] {
    out.attribute("name", entry.getSymName());
    nameArguments();
    out.attributeArray("launches",
                       [&] { result = walk(entry.getBody().front()); });
  });
  return result;
}

FailureOr<std::string> dlcc::gpu::printLaunches(ModuleOp module, size_t level) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream out(stream, /*IndentSize=*/1);
  LogicalResult result = success();
  int64_t workspace = 0;
  for (auto kernel : module.getOps<func::FuncOp>())
    if (auto bytes = kernel->getAttrOfType<IntegerAttr>(attr::kScratch))
      workspace = std::max(workspace, bytes.getInt());
  out.object([&] {
    out.attribute("model",
                  module->getAttrOfType<StringAttr>(attr::kModel).getValue());
    out.attribute("workspace_bytes", workspace);
    out.attributeArray("entries", [&] {
      for (auto entry : module.getOps<func::FuncOp>())
        if (entry->hasAttr(attr::kEntry) && succeeded(result))
          result = EntryWalk(entry, level, out).print();
    });
  });
  if (failed(result))
    return failure();
  return text + "\n";
}
