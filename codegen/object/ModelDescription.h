//===- ModelDescription.h - a planned model as plain data -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What stands around the kernels of a compiled model: its name, its entry
// points with their inputs and outputs, its variables, the sizes of its memory
// regions. Header, descriptor and `dlcc explain` are written from this and
// never look at the IR, so they cannot disagree.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_OBJECT_MODELDESCRIPTION_H
#define DLCC_CODEGEN_OBJECT_MODELDESCRIPTION_H

#include "dlcc/abi.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dlcc {

/// A tensor as users of the object see it: dense and row-major.
struct TensorDescription {
  std::string name;
  dlcc_element_type type = DLCC_F32;
  std::vector<int64_t> dims; ///< with the compiled batch
  int64_t rowElements = 0;   ///< elements a row takes; 0: no rows in it
  int64_t bound = 0;         ///< integers lie in [0, bound); 0: any

  int64_t elements() const;
  int64_t bytes() const;
};

/// A parameter, buffer, optimizer slot or state.
struct VariableDescription {
  TensorDescription tensor;
  dlcc_variable_kind kind = DLCC_PARAMETER;
  bool trainable = false;
  int64_t offset = 0; ///< in the region of its kind
  int64_t bytes = 0;
};

/// What the training program does to an image, as in `dlcc_reader_call`.
struct ReaderCallDescription {
  dlcc_reader_function function = DLCC_RESIZE;
  std::vector<double> numbers;
};

/// What feeds an input, as in `dlcc_feed`; without a field nothing was said.
struct FeedDescription {
  std::string field;
  std::vector<ReaderCallDescription> calls;
};

/// An entry point, as in `dlcc_entry`.
struct EntryDescription {
  std::string name;  ///< the suffix of its C symbol: train_step
  std::string block; ///< of the training block, empty where it has no name
  dlcc_entry_kind kind = DLCC_ENTRY_FORWARD;
  bool allRows = false;
  int64_t parts = 1;       ///< in which it goes through its batch
  int64_t spillOffset = 0; ///< in the arena: where null outputs go
  std::vector<TensorDescription> inputs, outputs;
  std::vector<FeedDescription> feeds; ///< one an input, or empty
};

/// One run of a kernel, as `dlcc explain` lists it.
struct KernelDescription {
  std::string name;   ///< for people: dense_1.relu
  std::string symbol; ///< in the object
  std::string phase;  ///< forward, backward, update or init
  std::string entry;  ///< the entry point that runs it
  /// Other than the sum as it is written: winograd F(4x4,3x3).
  std::string algorithm = {};
  /// Of a sum of products, as databases of measured tiles call it.
  std::string product = {};
  std::vector<int64_t> tiles = {}; ///< in the code of the first level
  std::string tilesFrom = {};      ///< model, database or tuning
  int64_t line = 0;                ///< in the model's source
  int64_t flops = 0, bytes = 0;    ///< of all its runs
  int64_t runs = 1;        ///< in a call of the entry: the steps of its loops
  int64_t tasks = 1;       ///< of a run, in the code of the first level
  int64_t offset = -1;     ///< of the first result in the arena; -1: not there
  bool isRepeated = false; ///< it ran before on the same values
};

/// A processor that there are kernels for, as in `dlcc_level`.
struct LevelDescription {
  std::string cpu, features;
};

struct ModelDescription {
  std::string name;
  std::vector<LevelDescription> levels; ///< the most demanding first
  bool isForDevice = false;             ///< the levels are chips of GPUs
  std::string precision = "f32";        ///< as --precision spells it
  uint64_t hash = 0;
  int64_t batch = 1;
  int64_t threads = 0; ///< the default; 0: one a processor
  int64_t weightBytes = 0, optimizerBytes = 0, stateBytes = 0;
  int64_t arenaBytes = 0, scratchBytes = 0;
  int64_t liveBytes = 0; ///< of the arena, at most at one time
  /// Of the arena if nothing were done to save memory.
  int64_t unlimitedArenaBytes = 0;
  bool needsStepsPerEpoch = false;
  double learningRate = 0; ///< 0: no constant
  int64_t epochs = 0;      ///< 0: not given
  std::vector<VariableDescription> variables;
  std::vector<EntryDescription> entries;
  std::vector<KernelDescription> kernels;

  /// Elements of all parameters, trainable or not.
  int64_t parameterElements() const;
  /// Whether an input has several indices a row, as a text has.
  bool takesSequences() const;
};

/// Bytes of one element.
int64_t elementBytes(dlcc_element_type type);

/// The element type of the ABI; fails for a type no entry point may take.
mlir::FailureOr<dlcc_element_type> elementTypeOf(mlir::Type type);

/// Reads the description of a module whose memory is planned; reports what is
/// missing at the op that lacks it.
mlir::FailureOr<ModelDescription> describeModel(mlir::ModuleOp module);

/// The symbol of an entry's body: mlp_train_step_body.
std::string bodySymbol(llvm::StringRef model, llvm::StringRef entry);

} // namespace dlcc

#endif // DLCC_CODEGEN_OBJECT_MODELDESCRIPTION_H
