//===- Target.h - the numbers of a target, and names shared by rooms ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one header of `ir` that `codegen` may include: the target attribute and
// the names of the discardable attributes that carry facts over the hand-over.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_IR_TARGET_H
#define DLCC_IR_TARGET_H

#include "ir/Dialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace dlcc::attr {

/// Module: #dlc.target, and the compiled batch (i64; 1 without a batch).
inline constexpr llvm::StringLiteral kTarget = "dlc.target";
/// Module, where the object holds kernels for several processors: the
/// #dlc.target of each, the most demanding first, which is `dlc.target` too
/// (array). A target that stands there several times is one whose tiles are to
/// be measured: the levels try different ones.
inline constexpr llvm::StringLiteral kLevels = "dlc.levels";
inline constexpr llvm::StringLiteral kBatch = "dlc.batch";
/// Module: the model's name (string), the prefix of every symbol.
inline constexpr llvm::StringLiteral kModel = "dlc.model";
/// Module: what the training block says: epochs (i64) and, where it is a
/// constant, the learning rate (f64).
inline constexpr llvm::StringLiteral kEpochs = "dlc.epochs";
inline constexpr llvm::StringLiteral kLearningRate = "dlc.learning_rate";
/// Module, once memory is planned: bytes of the regions, and of scratch for
/// one thread (i64).
inline constexpr llvm::StringLiteral kWeightBytes = "dlc.weight_bytes";
inline constexpr llvm::StringLiteral kOptimizerBytes = "dlc.optimizer_bytes";
inline constexpr llvm::StringLiteral kStateBytes = "dlc.state_bytes";
inline constexpr llvm::StringLiteral kArenaBytes = "dlc.arena_bytes";
inline constexpr llvm::StringLiteral kScratchBytes = "dlc.scratch_bytes";
/// Module, once memory is planned: the most bytes of the arena that live at one
/// time (i64).
inline constexpr llvm::StringLiteral kLiveBytes = "dlc.live_bytes";
/// Module whose kernels run twice, or whose batch is gone through in parts, to
/// save memory: bytes of the arena if it were not so (i64).
inline constexpr llvm::StringLiteral kUnlimitedArenaBytes =
    "dlc.unlimited_arena_bytes";
/// Module, once memory is planned: array of dictionaries {name (string), kind
/// (#dlc.kind), type (tensor type as in the model), trainable (unit, or
/// absent), offset, bytes (i64)}; the offset is within the region of the kind.
inline constexpr llvm::StringLiteral kVariables = "dlc.variables";

/// Entry function: init, forward, evaluate or train (string), and, where the
/// training block is named, its name (string).
inline constexpr llvm::StringLiteral kEntry = "dlc.entry";
inline constexpr llvm::StringLiteral kBlock = "dlc.block";
/// Entry function (unit): fewer rows than the compiled batch are refused.
inline constexpr llvm::StringLiteral kAllRows = "dlc.all_rows";
/// Entry function: the parts in which it goes through the batch (i64).
inline constexpr llvm::StringLiteral kParts = "dlc.parts";
/// Function (unit): what such an entry does for one part. Like the kernels in
/// it it has a `dlc.batch` of its own, the rows of a part.
inline constexpr llvm::StringLiteral kPart = "dlc.part";
/// Loop of a planned entry over the parts: the rows of one (i64).
inline constexpr llvm::StringLiteral kPartRows = "dlc.part_rows";
/// Entry function: what its data blocks say, a dictionary of inputs by name:
/// {field (string), calls: array of {function (string), numbers (array<f64>)},
/// the innermost first}.
inline constexpr llvm::StringLiteral kFeeds = "dlc.feeds";
/// Argument and result of an entry function: the user's name (string).
inline constexpr llvm::StringLiteral kName = "dlc.name";
/// Argument and result, once types are signless and nameless: the tensor type
/// as in the model (type).
inline constexpr llvm::StringLiteral kTensor = "dlc.tensor";
/// Argument: values lie in [0, bound) (i64).
inline constexpr llvm::StringLiteral kBound = "dlc.bound";

/// Entry function, planned: how many of its arguments are inputs (the outputs
/// follow, then the regions), and where in the arena outputs go that the
/// caller leaves null (i64).
inline constexpr llvm::StringLiteral kInputs = "dlc.inputs";
inline constexpr llvm::StringLiteral kSpillOffset = "dlc.spill_offset";
/// Call of a kernel, planned: for each result its offset in the arena, -1
/// where it lies elsewhere (array<i64>).
inline constexpr llvm::StringLiteral kOffsets = "dlc.offsets";
/// Call of a kernel: the number of the operand, a scalar bool, without which
/// the call would store what is there already (i64).
inline constexpr llvm::StringLiteral kGuard = "dlc.guard";

/// Kernel function: its name for people (string), source line (i64), phase
/// (string: forward, backward, update, init), flops and bytes (i64), number of
/// tasks (i64), scratch bytes a task needs (i64).
inline constexpr llvm::StringLiteral kKernel = "dlc.kernel";
inline constexpr llvm::StringLiteral kLine = "dlc.line";
inline constexpr llvm::StringLiteral kPhase = "dlc.phase";
inline constexpr llvm::StringLiteral kFlops = "dlc.flops";
inline constexpr llvm::StringLiteral kBytes = "dlc.bytes";
inline constexpr llvm::StringLiteral kTasks = "dlc.tasks";
inline constexpr llvm::StringLiteral kScratch = "dlc.scratch";
/// Kernel function, where there are several levels: what was chosen for each
/// (array of dictionaries of attributes).
inline constexpr llvm::StringLiteral kChoices = "dlc.choices";
/// Kernel declaration in planned form: the function it has become for each
/// level (array of symbols).
inline constexpr llvm::StringLiteral kLoopForms = "dlc.loop_forms";
/// The same on a GPU: for each level its launches, one after the other (array
/// of arrays of dictionaries {entry (string), grid (array<i64>), block, shared
/// (i64)}).
inline constexpr llvm::StringLiteral kLaunches = "dlc.launches";
/// Function of a level: a kernel's loop form, or what it calls. The level's
/// place among the module's (i64).
inline constexpr llvm::StringLiteral kLevel = "dlc.level";
/// Kernel function of pointwise work: how many leading loop dimensions of each
/// of its ops are its shared parallel dimensions (i64).
inline constexpr llvm::StringLiteral kParallelDims = "dlc.parallel_dims";
/// Kernel function of a contraction, once selected: rows and columns of the
/// register tile, then k, rows and columns of a task's block, and the rows that
/// are packed at a time (array<i64>).
inline constexpr llvm::StringLiteral kTiles = "dlc.tiles";
/// The same: what databases of measured tiles call the product, and which of
/// them the tiles are from, `database` (the compiler's) or `tuning` (a file);
/// absent where the model chose them (strings).
inline constexpr llvm::StringLiteral kProduct = "dlc.product";
inline constexpr llvm::StringLiteral kTilesFrom = "dlc.tiles_from";
/// The same, where a matrix unit computes it: the unit's name (string).
inline constexpr llvm::StringLiteral kUnit = "dlc.unit";
/// dlc op in a pointwise kernel with a reduction: for each of its dimensions
/// (of a reduction, its operand's) which parallel dimension of the kernel that
/// is, -1 where it lies inside (array<i64>).
inline constexpr llvm::StringLiteral kPlaces = "dlc.places";
/// dlc op in a differentiated step (unit): a copy of one of the forward pass,
/// which stays apart from it. Call of a kernel: it ran before on the same
/// values.
inline constexpr llvm::StringLiteral kRecomputed = "dlc.recomputed";
/// dlc.transpose (unit): its result is a tensor in memory, not a way of reading
/// the operand.
inline constexpr llvm::StringLiteral kStored = "dlc.stored";
/// dlc.contract with a window, and the linalg op it becomes: computed by
/// Winograd's algorithm in tiles of so many results, and so many summed
/// factors, along each axis of the image (array<i64>).
inline constexpr llvm::StringLiteral kWinograd = "dlc.winograd";
/// linalg op: for each loop dimension how many indices a row takes; 0 for a
/// dimension that does not depend on the rows given (array<i64>).
inline constexpr llvm::StringLiteral kRows = "dlc.rows";
/// linalg op that looks for the index of an extreme (string, max or min): its
/// results are the value and the index (i32), its last loop is the search.
inline constexpr llvm::StringLiteral kArgReduce = "dlc.arg_reduce";

/// linalg op that sums values at the indices they belong to: the axis of the
/// result that indices go along, and how many dims before it are paired with
/// those of the indices (array<i64>). The op takes values and indices.
inline constexpr llvm::StringLiteral kScatter = "dlc.scatter";

/// linalg op that counts for each element which others along an axis come
/// before it: the axis, 1 for descending, and beyond which count the kernel
/// tells no difference (array<i64>).
inline constexpr llvm::StringLiteral kRank = "dlc.rank";
/// linalg op that makes running sums: the axis, 1 for reverse, 1 for exclusive
/// (array<i64>).
inline constexpr llvm::StringLiteral kCumulative = "dlc.cumulative";
/// linalg op that stands for a call of a C function, whatever its body says:
/// the symbol (string), and beside it the loops whose extents the function is
/// told (array<i64>). The loops are the operands' dims, one operand after the
/// other.
inline constexpr llvm::StringLiteral kExtern = "dlc.extern";
inline constexpr llvm::StringLiteral kExternDims = "dlc.extern_dims";
/// What stands before a C function's name in the symbol that declares it in a
/// module, whose other symbols may have that name.
inline constexpr llvm::StringLiteral kExternPrefix = "$extern.";

} // namespace dlcc::attr

namespace dlcc {

/// The targets that kernels are made for, in the order of `dlc.levels`; null
/// where the module has no target.
llvm::SmallVector<dlc::TargetAttr> levelsOf(mlir::ModuleOp module);

} // namespace dlcc

#endif // DLCC_IR_TARGET_H
