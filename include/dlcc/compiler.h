//===- dlcc/compiler.h - the compiler as a library --------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `dlcc compile` does, for programs: a model file and options go in, the
// artefacts come out as bytes. Nothing is written to disk and nothing is
// global; the command line of `dlcc` is a translation of flags into
// CompileOptions. Diagnostics go to a callback, each with its place.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_COMPILER_H
#define DLCC_COMPILER_H

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlcc {

/// The stations on a model's way. Each is a whole program in some form.
enum class Phase {
  Parsed,         ///< ops of the dlc dialect, as the model file says
  Graph,          ///< simplified, and only what is asked for
  Differentiated, ///< with backward pass and update
  Fused,          ///< every op in a kernel
  Planned,        ///< kernels on linalg, buffers at fixed offsets
  Loops,          ///< kernels as loops over vectors
  LLVM,           ///< the LLVM dialect
  Object          ///< machine code
};

/// What the compiler can emit; a file ending each.
enum class Artefact {
  Object,     ///< NAME.o
  Header,     ///< NAME.h
  Library,    ///< libNAME.a
  Shared,     ///< libNAME.so, with the runtime
  Executable, ///< NAME, the training program
  Assembly,   ///< NAME.s
  LLVM,       ///< NAME.ll, before optimisation; of kernels of a GPU, after it
  MLIR,       ///< NAME.mlir, the kernel list with planned memory
  DLC,        ///< NAME.dlc.mlir, the differentiated graph
  // For GPUs only; of several chips NAME.CHIP.ptx and so on.
  PTX,      ///< NAME.ptx
  Cubin,    ///< NAME.CHIP.cubin, by ptxas
  Launches, ///< NAME.launches.json, what entries launch with which memory
};

/// The type that a model's floats are computed in.
enum class Precision {
  F32,    ///< as the model's text says; f32 where it says nothing
  Strict, ///< the same without what widens the bounds of errors
  BF16,   ///< the same, but factors of sums of products are rounded to bf16
  F64,    ///< f64 all through, inputs, weights and outputs too
  TF32,   ///< on GPUs: factors of sums of products are rounded to tf32
};

/// A duration of --time-report.
struct PhaseTime {
  std::string phase;
  double seconds;
};

struct CompileOptions {
  /// Path of a model file: .dlm, .onnx, .prototxt (a net or solver of Caffe's),
  /// or .mlir of dlc ops.
  std::string input;
  std::string model; ///< which model of the file; empty: the only one
  std::string name;  ///< prefix of all symbols; empty: the model's name
  std::optional<int64_t> batch; ///< empty: the training block's, else 1
  std::vector<std::pair<std::string, int64_t>> dims;          ///< name = number
  std::vector<std::pair<std::string, std::string>> constants; ///< --set
  /// Patterns of parameter names: what matches none is not trained, whatever
  /// the file says. Empty: as the file says.
  std::vector<std::string> trainable;
  /// Of an ONNX model, which has no training block: what to train it for, such
  /// as softmax_cross_entropy, and how, such as adam(learning_rate = 0.01).
  std::string loss, optimizer;
  /// Asked for a named dimension that bounds an input and has no number: how
  /// many values the data have for the input, of the first of these fields that
  /// there is; else why none can be told. Empty: the data are not known.
  std::function<int64_t(const std::vector<std::string> &fields,
                        std::string &whyNot)>
      countValues;
  /// Of a model that is compiled for one call: the elements of an input of this
  /// name, type ("i64") and shape, little-endian and row-major, or nothing
  /// where they are not given. What inputs decide about shapes is then known,
  /// and the code is right for these inputs only. ONNX models ask it.
  std::function<std::optional<std::string>(const std::string &name,
                                           const std::string &type,
                                           const std::vector<int64_t> &shape)>
      inputValue;
  /// Files in the model language with functions for a Caffe net's own layers.
  std::vector<std::string> imports;
  /// Where the data are known: the dimensions of a row of one of their fields,
  /// -1 where rows differ, and whether it holds bytes. Caffe nets, whose files
  /// do not say how large their data are, ask it.
  std::function<bool(const std::string &field, std::vector<int64_t> &dims,
                     bool &isBytes)>
      dataField;
  bool training = false; ///< backward pass and update too, where the file has
                         ///< a training block
  bool requireTraining = false; ///< refuse a file without one
  /// Instead of a model's entry points, those that return the loss and its
  /// gradients: `loss` and `gradients`, with the name of a block in front.
  bool gradients = false;

  Precision precision = Precision::F32;
  std::string triple; ///< empty: this machine's
  /// LLVM's name of a processor or level; with commas between them several,
  /// of which a program takes the best one that it can run.
  std::string cpu = "native";
  /// The GPUs that run the kernels, as LLVM calls them (sm_90), with commas
  /// between them: a program takes the code of the best one that its GPU runs.
  /// Empty: none does.
  std::string chip;
  int64_t threads = 0; ///< default of the program; 0: one a processor
  /// Bytes that the model may take with so many threads (0: with as many as
  /// this machine has processors): where it would take more kernels run twice,
  /// and where that does not suffice entries go through their batch in parts.
  /// Empty: what it takes.
  std::optional<int64_t> maxMemory;
  /// A file of measured tiles, as `dlcc compile --tune` keeps it, that goes
  /// before what the compiler knows itself; of it only what was measured with
  /// as many threads as the program takes by default. Empty: none.
  std::string tuning;
  /// More than 1: that many levels for the one processor, each with other tiles
  /// of its sums of products, to be measured; CompiledModel::trials lists them.
  int64_t trials = 1;
  int optimization = 2;   ///< 0: none, 2: what kernels need, 3: all passes
  bool debugInfo = false; ///< DWARF with the model's lines
  /// Old and new beginning of paths in debug information.
  std::vector<std::pair<std::string, std::string>> debugPrefixes;

  std::vector<Artefact> artefacts = {Artefact::Object, Artefact::Header};
  /// Objects, archives and shared libraries with the C functions that the
  /// model calls, for artefacts that are linked.
  std::vector<std::string> links;
  bool loads = false; ///< the object will be loaded: its C functions, too, must
                      ///< be in `links`
  Phase stopAfter = Phase::Object; ///< earlier: CompiledModel::ir has the IR
  std::string printAfter; ///< a pass whose output goes to stderr, or "all"
  bool saveTemps = false; ///< CompiledModel::temps has the IR of each phase
};

/// A parameter, as `dlcc explain` lists it.
struct ParameterInfo {
  std::string name, type;
  std::vector<int64_t> shape;
  bool trainable;
};

/// One run of a kernel, as `dlcc explain` lists it.
struct KernelInfo {
  std::string name, symbol, entry, phase;
  /// How a sum of products is computed that is not summed as it is written:
  /// "winograd F(4x4,3x3)", a tile's results and factors; "amx tiles".
  std::string algorithm;
  /// Of a sum of products: what databases of measured tiles call it, rows and
  /// columns of its register tile, indices of k in a block, rows and columns of
  /// a task, rows packed at a time, in the code of the first level; and where
  /// they are from: the "model" of costs, the compiler's "database", or the
  /// file of CompileOptions::tuning ("tuning").
  std::string product;
  std::vector<int64_t> tiles;
  std::string tilesFrom;
  int64_t line, flops, bytes; ///< of all its runs
  int64_t runs;               ///< in a call of the entry: the steps of a scan
  int64_t tasks;              ///< of a run, in the code of the first level
  int64_t offset;  ///< of its first result in the arena; -1: elsewhere
  bool isRepeated; ///< it ran before on the same values, to save memory
};

/// The memory contract, in bytes.
struct MemoryInfo {
  int64_t weights, optimizer, state, arena;
  int64_t scratch; ///< a thread
  int64_t live;    ///< of the arena, at most at one time: no plan takes less
  int64_t unlimitedArena; ///< the arena if nothing were done to save memory
  int64_t total(int64_t threads) const {
    return weights + optimizer + state + arena + threads * scratch;
  }
};

/// An entry point that goes through its batch in parts, to save memory.
struct PartsInfo {
  std::string entry;
  int64_t parts, rows; ///< the rows of a part
};

/// A gradient that an entry point of a gradient check returns.
struct GradientInfo {
  std::string entry; ///< gradients, or NAME_gradients of a named block
  std::string name;  ///< of the parameter or input
  int64_t line;      ///< where the model's text makes it; 0 if unknown
};

/// A processor that there are kernels for, and the CPU features they need.
struct LevelInfo {
  std::string cpu, features;
};

/// A kernel of an object that is to be measured, at its place in the tables of
/// the levels.
struct KernelTrials {
  /// What databases of measured tiles call processor and product; empty where
  /// it is none, or needs no measuring.
  std::string target, product;
  std::vector<std::vector<int64_t>> tiles; ///< of each level
};

struct CompiledModel {
  std::string name;
  std::vector<LevelInfo> levels; ///< the most demanding first
  std::string precision;         ///< as --precision spells it
  int64_t batch = 1;
  bool hasTraining = false;
  int64_t parameters = 0; ///< elements
  MemoryInfo memory = {};
  std::vector<ParameterInfo> parameterList;
  std::vector<KernelInfo> kernels;
  std::vector<PartsInfo> parts;
  /// With CompileOptions::trials, one for each kernel.
  std::vector<KernelTrials> trials;
  /// Of the narrowest float that a C function takes or gives; those of a
  /// double where none is narrower.
  int significantBits = 53;
  /// With CompileOptions::gradients, in the order of the entries' outputs.
  std::vector<GradientInfo> gradients;
  std::string ir; ///< after CompileOptions::stopAfter, where not Object
  /// File name and bytes; Library, Shared and Executable need a linker and
  /// are made from the object by the driver.
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<std::pair<std::string, std::string>> temps;
  std::vector<PhaseTime> times;

  /// The processors' names with commas between them.
  std::string processors() const;
  /// What CompileOptions::maxMemory has changed, as a text of whole lines;
  /// empty where the model fits as it is.
  std::string memoryTrade(int64_t threads) const;
};

enum class Severity { Note, Warning, Error };

/// Gets each diagnostic as one text, `PATH:LINE:COL: error: …`, with the
/// source line and a caret where there is one.
using DiagnosticSink = std::function<void(Severity, const std::string &)>;

/// Compiles the models of a file (one, or all where none is named). Empty
/// where the input was refused; the sink has heard why.
std::vector<CompiledModel> compile(const CompileOptions &options,
                                   const DiagnosticSink &sink);

/// Diagnostics only; dimensions without a number stay open. Whether the file
/// is free of errors.
bool check(const CompileOptions &options, const DiagnosticSink &sink);

} // namespace dlcc

#endif // DLCC_COMPILER_H
