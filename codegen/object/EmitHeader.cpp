//===- EmitHeader.cpp - the C header of a compiled model ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/EmitHeader.h"

#include "codegen/object/CNames.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace dlcc {

StringRef spellElementType(dlcc_element_type type) {
  static constexpr StringLiteral names[] = {"bool", "i8",  "i16", "i32", "i64",
                                            "u8",   "u16", "u32", "u64", "f16",
                                            "bf16", "f32", "f64"};
  return names[type];
}

std::string spellTensor(const TensorDescription &tensor) {
  std::string text = spellElementType(tensor.type).str() + "[";
  for (auto [i, dim] : enumerate(tensor.dims)) {
    bool isRows = i == 0 && tensor.rowElements != 0;
    // A first dimension of batch*12 holds 12 indices a row.
    int64_t perRow = isRows ? tensor.rowElements * dim / tensor.elements() : 0;
    text += i == 0 ? "" : ", ";
    text += !isRows       ? std::to_string(dim)
            : perRow == 1 ? "rows"
                          : "rows * " + std::to_string(perRow);
  }
  return text + "]";
}

/// What the bits of an element mean, where C's type does not say it.
static StringRef remarkOn(dlcc_element_type type) {
  switch (type) {
  case DLCC_BOOL:
    return ", each 0 or 1";
  case DLCC_F16:
    return ", bits of IEEE 754 half precision";
  case DLCC_BF16:
    return ", bits of bfloat16";
  default:
    return "";
  }
}

namespace {

class HeaderWriter {
public:
  HeaderWriter(const ModelDescription &model, raw_ostream &out)
      : model(model), out(out), name(model.name),
        macro(StringRef(model.name).upper()) {}

  void write();

private:
  void writeIntroduction();
  void writeMacros();
  void writeMetrics();
  void writeLifetime();
  void writeEntries();
  void writeRest();
  void writeEntry(const EntryDescription &entry);
  std::string metricsName(const EntryDescription &entry) const {
    return entry.block.empty() ? name + "_metrics"
                               : name + "_" + entry.block + "_metrics";
  }

  const ModelDescription &model;
  raw_ostream &out;
  std::string name, macro;
};

void HeaderWriter::writeIntroduction() {
  out << "/* " << name << ".h - a model compiled by dlcc. Written by the "
      << "compiler; edit the model\n"
      << "   instead. C99 and C++.\n\n"
      << "   Arrays are dense and row-major: the last index runs fastest. "
      << "`rows` is how\n"
      << "   many rows a call brings, 1 to " << macro << "_BATCH; an array "
      << "holds that many. An\n"
      << "   output that is NULL is not written. Rules for ownership, threads "
      << "and errors\n"
      << "   stand in dlcc/runtime.h. Compiled with --precision="
      << model.precision << ". */\n\n"
      << "#ifndef DLCC_MODEL_" << macro << "_H\n"
      << "#define DLCC_MODEL_" << macro << "_H\n\n"
      << "#include \"dlcc/runtime.h\"\n\n"
      << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
}

void HeaderWriter::writeMacros() {
  out << "/* The largest number of rows of a call. */\n"
      << "#define " << macro << "_BATCH " << model.batch << "\n\n";
  if (model.isForDevice)
    out << "/* Bytes an instance takes of the GPU's memory beside inputs, "
           "outputs and code;\n"
           "   WEIGHT, OPTIMIZER and STATE are taken of the host's memory too. "
           "Made by\n   "
        << name
        << "_create_shared, an instance has no weights of its own. */\n";
  else
    out << "/* Bytes an instance takes; nothing more is allocated after "
        << name << "_create.\n"
        << "   SCRATCH is for each thread. Made by " << name
        << "_create_shared, an instance has no\n"
        << "   weights of its own. */\n";
  auto bytes = [&](StringRef what, int64_t number) {
    out << "#define " << macro << "_" << what << "_BYTES INT64_C(" << number
        << ")\n";
  };
  bytes("WEIGHT", model.weightBytes);
  bytes("OPTIMIZER", model.optimizerBytes);
  bytes("STATE", model.stateBytes);
  bytes("ARENA", model.arenaBytes);
  bytes("SCRATCH", model.scratchBytes);
  out << formatv("#define {0}_TOTAL_BYTES(threads) \\\n"
                 "  ({0}_WEIGHT_BYTES + {0}_OPTIMIZER_BYTES + {0}_STATE_BYTES "
                 "+ \\\n   {0}_ARENA_BYTES + {1}{0}_SCRATCH_BYTES)"
                 "\n\n",
                 macro, model.isForDevice ? "" : "(threads) * ");
}

void HeaderWriter::writeMetrics() {
  StringMap<bool> seen;
  for (const EntryDescription &entry : model.entries) {
    if (entry.kind != DLCC_ENTRY_TRAIN && entry.kind != DLCC_ENTRY_EVALUATE)
      continue;
    std::string metrics = metricsName(entry);
    if (!seen.insert({metrics, true}).second)
      continue;
    out << "/* Means over the rows of the call; metrics are fractions, never "
        << "percent. */\n"
        << "typedef struct " << metrics << " {\n";
    for (const TensorDescription &metric : entry.outputs)
      out << "  float " << cIdentifier(metric.name) << ";\n";
    out << "} " << metrics << ";\n\n";
  }
}

/// Which processors create refuses.
static std::string describeLevels(const ModelDescription &model) {
  if (model.isForDevice) {
    // No later chip runs what is for one with an "a".
    std::string chip = model.levels.back().cpu;
    return "The kernels run on a GPU of NVIDIA's, " + chip +
           (StringRef(chip).ends_with("a") ? " and no other"
                                           : " or a later one") +
           ";\n   without one, or without its driver, create fails.";
  }
  std::string names;
  for (const LevelDescription &level : model.levels)
    names += (names.empty() ? "" : ", ") + level.cpu;
  return "The code is for " + names +
         (model.levels.size() == 1
              ? ";\n   a processor that lacks features of it is refused."
              : ";\n   the first one runs that the processor has all features "
                "of, and a processor\n   that lacks features of them all is "
                "refused.");
}

void HeaderWriter::writeLifetime() {
  out << formatv(
      "/* An instance of the model: weights, optimizer state and working "
      "memory. */\n"
      "typedef struct {0} {0};\n\n"
      "/* NULL options: defaults. NULL back: dlcc_last_error() says why.\n"
      "   {1}\n"
      "   The instance has no weights until init, load or set_parameter gave "
      "them. */\n"
      "{0} *{0}_create(const dlcc_options *options);\n\n"
      "/* Another instance on the same weights with working memory of its "
      "own, for\n   inference in parallel. The first has to outlive it. */\n"
      "{0} *{0}_create_shared({0} *self, const dlcc_options *options);\n\n"
      "/* Frees the instance; NULL is allowed. */\n"
      "void {0}_destroy({0} *self);\n\n"
      "/* Fresh weights, a function of the seed alone. */\n"
      "dlcc_status {0}_init({0} *self, uint64_t seed);\n\n"
      "/* Weights from a weights file or a checkpoint, to a weights file. "
      "*/\n"
      "dlcc_status {0}_load({0} *self, const char *path);\n"
      "dlcc_status {0}_save({0} *self, const char *path);\n\n"
      "/* Everything training needs to go on as if it had never stopped: "
      "weights,\n   optimizer, state, step and seed. */\n"
      "dlcc_status {0}_load_checkpoint({0} *self, const char *path);\n"
      "dlcc_status {0}_save_checkpoint({0} *self, const char *path);\n\n",
      name, describeLevels(model));
}

void HeaderWriter::writeEntry(const EntryDescription &entry) {
  StringRef what = entry.kind == DLCC_ENTRY_TRAIN
                       ? "One training step: forward, backward and update"
                   : entry.kind == DLCC_ENTRY_EVALUATE
                       ? "Loss and metrics without training"
                       : "Inference";
  out << "/* " << what << ".";
  if (entry.allRows)
    out << " `rows` has to be " << macro << "_BATCH.";
  auto list = [&](StringRef role, const TensorDescription &tensor) {
    out << "\n     " << cIdentifier(tensor.name) << ": " << role << ", "
        << spellTensor(tensor) << remarkOn(tensor.type);
    if (tensor.bound != 0)
      out << ", values 0 to " << tensor.bound - 1;
  };
  for (const TensorDescription &input : entry.inputs)
    list("input", input);
  bool hasMetrics = entry.kind != DLCC_ENTRY_FORWARD;
  if (hasMetrics)
    out << "\n     metrics: may be NULL";
  else
    for (const TensorDescription &output : entry.outputs)
      list("output, may be NULL", output);
  out << " */\n";

  std::string text = "dlcc_status " + name + "_" + entry.name + "(";
  std::string indent(text.size(), ' ');
  if (indent.size() > 40)
    indent = std::string(4, ' ');
  out << text << name << " *self, int64_t rows";
  for (const TensorDescription &input : entry.inputs)
    out << ",\n"
        << indent << "const " << cType(input.type) << " *"
        << cIdentifier(input.name);
  if (hasMetrics)
    out << ",\n" << indent << metricsName(entry) << " *metrics";
  else
    for (const TensorDescription &output : entry.outputs)
      out << ",\n"
          << indent << cType(output.type) << " *" << cIdentifier(output.name);
  out << ");\n\n";
}

void HeaderWriter::writeEntries() {
  for (const EntryDescription &entry : model.entries)
    if (entry.kind != DLCC_ENTRY_INIT && entry.kind != DLCC_ENTRY_REPORT)
      writeEntry(entry);
}

void HeaderWriter::writeRest() {
  out << "/* One parameter by name, dense and row-major in `bytes` bytes";
  bool any = false;
  for (const VariableDescription &variable : model.variables) {
    if (variable.kind != DLCC_PARAMETER && variable.kind != DLCC_BUFFER)
      continue;
    out << (any ? "" : ":") << "\n     " << variable.tensor.name << ": "
        << spellTensor(variable.tensor) << remarkOn(variable.tensor.type);
    any = true;
  }
  out << formatv(
      "{1} */\n"
      "dlcc_status {0}_get_parameter({0} *self, const char *name, void *out,\n"
      "    size_t bytes);\n"
      "dlcc_status {0}_set_parameter({0} *self, const char *name,\n"
      "    const void *in, size_t bytes);\n\n"
      "/* Multiplies the learning rate of the steps to come; 1 at create. */\n"
      "dlcc_status {0}_set_learning_rate_scale({0} *self, float scale);\n\n"
      "/* Zeros the state that steps hand on to each other. */\n"
      "void {0}_reset_state({0} *self);\n\n",
      name, any ? "" : ".");
  if (model.takesSequences())
    out << formatv(
        "/* The characters or words, in UTF-8, that indices stand for where "
        "the model was\n   trained on text. An index beyond the count has a "
        "null pointer; a token that\n   is not known has the index of "
        "\"<unk>\", or -1 where there is none. */\n"
        "int64_t {0}_token_count(const {0} *self);\n"
        "const char *{0}_token(const {0} *self, int64_t index);\n"
        "int64_t {0}_token_index(const {0} *self, const char *token);\n\n",
        name);
  out << formatv(
      "/* Inputs, outputs, parameters, metrics and entry points, for generic "
      "callers\n   (dlcc/abi.h). */\n"
      "const dlcc_model *{0}_describe(void);\n\n",
      name);
}

void HeaderWriter::write() {
  writeIntroduction();
  writeMacros();
  writeMetrics();
  writeLifetime();
  writeEntries();
  writeRest();
  out << "#ifdef __cplusplus\n}\n#endif\n\n#endif /* DLCC_MODEL_" << macro
      << "_H */\n";
}

} // namespace

std::string emitHeader(const ModelDescription &model) {
  std::string text;
  raw_string_ostream out(text);
  HeaderWriter(model, out).write();
  return text;
}

} // namespace dlcc
