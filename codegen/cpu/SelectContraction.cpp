//===- SelectContraction.cpp - tiles, packing and tasks of a contraction ===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Splits the kernel of a contraction into three: two that pack the operands
// into panels, and one that multiplies panels and runs the epilogue. Packed
// operands are tensors like any other, so the planner gives them their place:
//
//   A [b][ceil(m / mr)][k][mr]      B [b][ceil(n / nr)][k][nr]
//
// padded with zeros to whole panels. In the compute kernel linalg.unpack of a
// packed operand stands before the contraction; the emitter reads the panels
// and the unpacking never happens.
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/Contraction.h"
#include "codegen/cpu/KernelEmitter.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace dlcc::cpu;

namespace {

/// Cycles that the register tiles of the whole result take for one step of k:
/// one multiply-add a cycle, two loads a cycle, and the latency of a chain.
int64_t costOfTile(int64_t m, int64_t n, int64_t mr, int64_t vectors,
                   int64_t lanes) {
  constexpr int64_t kLatency = 4;
  int64_t tiles =
      llvm::divideCeil(m, mr) * llvm::divideCeil(n, vectors * lanes);
  int64_t products = mr * vectors;
  int64_t loads = llvm::divideCeil(mr + vectors, 2);
  return tiles * std::max({products, loads, kLatency});
}

/// The register tile that wastes least at the edges of an m x n result, among
/// all that fit the registers; larger ones where it is a draw.
std::pair<int64_t, int64_t>
chooseRegisterTile(int64_t m, int64_t n, int64_t lanes, int64_t registers) {
  std::pair<int64_t, int64_t> best = {1, lanes};
  int64_t bestCost = std::numeric_limits<int64_t>::max(), bestProducts = 0;
  for (int64_t vectors = 1; vectors <= 4; ++vectors) {
    // The accumulators, a row of B and one broadcast element of A.
    int64_t most = (registers - vectors - 1) / vectors;
    for (int64_t mr = 1; mr <= std::min<int64_t>(most, 24); ++mr) {
      int64_t cost = costOfTile(m, n, mr, vectors, lanes);
      // What is lost to loads of C and the loop falls with the tile's size.
      cost += cost * 4 / (mr * vectors);
      if (cost < bestCost ||
          (cost == bestCost && mr * vectors > bestProducts)) {
        best = {mr, vectors * lanes};
        bestCost = cost;
        bestProducts = mr * vectors;
      }
    }
  }
  return best;
}

/// Blocks of equal size that are multiples of `quantum` and at most `most`.
int64_t evenBlocks(int64_t extent, int64_t quantum, int64_t most) {
  int64_t panels = llvm::divideCeil(extent, quantum);
  int64_t mostPanels = std::max<int64_t>(1, most / quantum);
  int64_t blocks = std::max<int64_t>(1, llvm::divideCeil(panels, mostPanels));
  return std::max<int64_t>(1, llvm::divideCeil(panels, blocks)) * quantum;
}

ContractionTiles chooseTiles(const Contraction &contraction,
                             const TargetTable &target) {
  ContractionTiles tiles;
  Type type = contraction.elementType();
  int64_t lanes = target.lanes(type);
  int64_t bytes = type.getIntOrFloatBitWidth() / 8;
  auto [m, n] =
      std::pair(contraction.extents[LoopM], contraction.extents[LoopN]);
  std::tie(tiles.mr, tiles.nr) =
      chooseRegisterTile(m, n, lanes, target.registers());
  // A panel of B stays in the first cache while the panels of A pass by; the
  // two blocks of operands and the block of results fill the second.
  tiles.k =
      std::clamp<int64_t>(target.l1Bytes() / (tiles.nr * bytes), 128, 512);
  tiles.k = std::max<int64_t>(1, std::min(tiles.k, contraction.extents[LoopK]));
  int64_t side = 64;
  while ((2 * tiles.k * (side + 32) + (side + 32) * (side + 32)) * bytes <
         target.l2Bytes() * 3 / 4)
    side += 32;
  tiles.rows = evenBlocks(m, tiles.mr, side);
  tiles.columns = evenBlocks(n, tiles.nr, side);
  // Enough tasks to keep some threads busy to the end.
  while (contraction.extents[LoopB] * llvm::divideCeil(m, tiles.rows) *
                 llvm::divideCeil(n, tiles.columns) <
             16 &&
         std::max(tiles.rows, tiles.columns) > 96) {
    if (tiles.rows >= tiles.columns)
      tiles.rows = evenBlocks(m, tiles.mr, tiles.rows / 2);
    else
      tiles.columns = evenBlocks(n, tiles.nr, tiles.columns / 2);
  }
  return tiles;
}

/// How an operand becomes panels along loop `panel` (m or n).
struct Packing {
  RankedTensorType type;
  SmallVector<int64_t> outerPermutation;
  int64_t position; ///< of the panel's dimension in the operand
  int64_t size;
};

FailureOr<Packing> describePacking(const Contraction &contraction,
                                   unsigned operand, ContractionLoop panel,
                                   int64_t size) {
  linalg::GenericOp op = contraction.op;
  AffineMap map = op.getIndexingMapsArray()[operand];
  auto type = cast<RankedTensorType>(op.getInputs()[operand].getType());
  auto positionOf = [&](ContractionLoop loop) -> std::optional<int64_t> {
    if (!contraction.loops[loop])
      return std::nullopt;
    auto dim = getAffineDimExpr(*contraction.loops[loop], op.getContext());
    for (auto [i, result] : llvm::enumerate(map.getResults()))
      if (result == dim)
        return i;
    return std::nullopt;
  };
  auto batch = positionOf(LoopB), outer = positionOf(panel),
       k = positionOf(LoopK);
  if (!outer || !k || type.getRank() != (batch ? 3 : 2))
    return op.emitOpError("has an operand without panel or summed dimension");
  Packing packing;
  packing.position = *outer;
  packing.size = size;
  SmallVector<int64_t> shape;
  for (auto dim : {batch, outer, k}) {
    if (!dim)
      continue;
    packing.outerPermutation.push_back(*dim);
    int64_t extent = type.getDimSize(*dim);
    shape.push_back(dim == outer ? llvm::divideCeil(extent, size) : extent);
  }
  shape.push_back(size);
  packing.type = RankedTensorType::get(shape, type.getElementType());
  return packing;
}

/// Selects one contraction kernel.
class Selector {
public:
  Selector(func::FuncOp kernel, const TargetTable &target)
      : kernel(kernel), target(target), b(kernel) {}

  LogicalResult run();

private:
  LogicalResult packOperand(const Contraction &contraction, unsigned operand,
                            ContractionLoop panel, int64_t size,
                            StringRef suffix);
  func::FuncOp createPackKernel(const Packing &packing, RankedTensorType type,
                                StringRef suffix,
                                const Contraction &contraction,
                                ContractionLoop panel);

  func::FuncOp kernel;
  const TargetTable &target;
  OpBuilder b;
};

/// Elements that one packing task moves at least.
constexpr int64_t kPackedElements = 1 << 16;

func::FuncOp Selector::createPackKernel(const Packing &packing,
                                        RankedTensorType type, StringRef suffix,
                                        const Contraction &contraction,
                                        ContractionLoop panel) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(kernel);
  Location loc = kernel.getLoc();
  auto pack = func::FuncOp::create(b, loc, (kernel.getName() + suffix).str(),
                                   b.getFunctionType({type}, {packing.type}));
  pack.setPrivate();
  for (StringRef name : {dlcc::attr::kLine, dlcc::attr::kPhase})
    if (Attribute attribute = kernel->getAttr(name))
      pack->setAttr(name, attribute);
  auto name = kernel->getAttrOfType<StringAttr>(dlcc::attr::kKernel);
  pack->setAttr(dlcc::attr::kKernel, b.getStringAttr(name.getValue() + suffix));
  int64_t elements = packing.type.getNumElements();
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  pack->setAttr(dlcc::attr::kFlops, b.getI64IntegerAttr(0));
  pack->setAttr(
      dlcc::attr::kBytes,
      b.getI64IntegerAttr((type.getNumElements() + elements) * bytes));
  int64_t panels = elements / (contraction.extents[LoopK] * packing.size);
  int64_t tasks = std::clamp<int64_t>(elements / kPackedElements, 1, panels);
  pack->setAttr(dlcc::attr::kTasks, b.getI64IntegerAttr(tasks));
  pack->setAttr(dlcc::attr::kScratch, b.getI64IntegerAttr(0));
  // Indices a row takes along the batch, panel and summed loops.
  pack->setAttr(
      dlcc::attr::kRows,
      b.getDenseI64ArrayAttr({contraction.rows[LoopB], contraction.rows[panel],
                              contraction.rows[LoopK]}));

  b.setInsertionPointToStart(pack.addEntryBlock());
  Value empty = tensor::EmptyOp::create(b, loc, packing.type.getShape(),
                                        packing.type.getElementType());
  Value zero =
      arith::ConstantOp::create(b, loc, b.getZeroAttr(type.getElementType()));
  Value packed =
      linalg::PackOp::create(b, loc, pack.getArgument(0), empty,
                             {packing.position}, {b.getIndexAttr(packing.size)},
                             zero, packing.outerPermutation)
          ->getResult(0);
  func::ReturnOp::create(b, loc, packed);
  return pack;
}

/// Packs operand `operand` in a kernel of its own before every call, and
/// unpacks it where the contraction reads it.
LogicalResult Selector::packOperand(const Contraction &contraction,
                                    unsigned operand, ContractionLoop panel,
                                    int64_t size, StringRef suffix) {
  linalg::GenericOp op = contraction.op;
  auto packing = describePacking(contraction, operand, panel, size);
  if (failed(packing))
    return failure();
  auto argument = dyn_cast<BlockArgument>(op.getInputs()[operand]);
  if (!argument)
    return op.emitOpError("multiplies a tensor that is no input of its kernel");
  auto type = cast<RankedTensorType>(argument.getType());
  func::FuncOp pack =
      createPackKernel(*packing, type, suffix, contraction, panel);

  Block &body = kernel.getBody().front();
  BlockArgument packed = body.addArgument(packing->type, argument.getLoc());
  b.setInsertionPointToStart(&body);
  Value empty = tensor::EmptyOp::create(b, op.getLoc(), type.getShape(),
                                        type.getElementType());
  Value logical = linalg::UnPackOp::create(
                      b, op.getLoc(), packed, empty, {packing->position},
                      {b.getIndexAttr(size)}, packing->outerPermutation)
                      ->getResult(0);
  op->setOperand(operand, logical);

  auto module = kernel->getParentOfType<ModuleOp>();
  module.walk([&](func::CallOp call) {
    if (call.getCallee() != kernel.getName())
      return;
    b.setInsertionPoint(call);
    auto packCall = func::CallOp::create(
        b, call.getLoc(), pack, call.getOperand(argument.getArgNumber()));
    call.getOperandsMutable().append(packCall.getResults());
  });
  return success();
}

/// Takes arguments that nothing reads any more out of function and calls.
void dropUnusedArguments(func::FuncOp kernel) {
  Block &body = kernel.getBody().front();
  llvm::BitVector unused(body.getNumArguments());
  for (BlockArgument argument : body.getArguments())
    unused[argument.getArgNumber()] = argument.use_empty();
  kernel->getParentOfType<ModuleOp>().walk([&](func::CallOp call) {
    if (call.getCallee() == kernel.getName())
      call->eraseOperands(unused);
  });
  body.eraseArguments(unused);
}

LogicalResult Selector::run() {
  linalg::GenericOp op = findContraction(kernel);
  if (!op)
    return kernel.emitOpError("is neither pointwise nor a contraction");
  auto contraction = readContraction(op);
  if (failed(contraction))
    return failure();
  ContractionTiles tiles = chooseTiles(*contraction, target);
  if (failed(packOperand(*contraction, 0, LoopM, tiles.mr, ".pack_a")) ||
      failed(packOperand(*contraction, 1, LoopN, tiles.nr, ".pack_b")))
    return failure();
  dropUnusedArguments(kernel);
  Block &body = kernel.getBody().front();
  kernel.setFunctionType(b.getFunctionType(
      body.getArgumentTypes(), kernel.getFunctionType().getResults()));

  int64_t bytes = contraction->elementType().getIntOrFloatBitWidth() / 8;
  int64_t tasks = contraction->extents[LoopB] *
                  llvm::divideCeil(contraction->extents[LoopM], tiles.rows) *
                  llvm::divideCeil(contraction->extents[LoopN], tiles.columns);
  kernel->setAttr(dlcc::attr::kTasks, b.getI64IntegerAttr(tasks));
  kernel->setAttr(dlcc::attr::kScratch,
                  b.getI64IntegerAttr(tiles.rows * tiles.columns * bytes));
  kernel->setAttr(dlcc::attr::kTiles,
                  b.getDenseI64ArrayAttr({tiles.mr, tiles.nr, tiles.k,
                                          tiles.rows, tiles.columns}));
  return success();
}

} // namespace

LogicalResult dlcc::cpu::selectContraction(func::FuncOp kernel,
                                           const TargetTable &target) {
  return Selector(kernel, target).run();
}
