//===- ModelDescription.cpp - a planned model as plain data ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/ModelDescription.h"

#include "codegen/KernelNotes.h"
#include "codegen/TileModel.h"
#include "ir/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>

using namespace mlir;

namespace dlcc {

/// The last arguments of a planned entry: weights, optimizer, state, control,
/// arena.
static constexpr unsigned numRegions = 5;

int64_t elementBytes(dlcc_element_type type) {
  switch (type) {
  case DLCC_BOOL:
  case DLCC_I8:
  case DLCC_U8:
    return 1;
  case DLCC_I16:
  case DLCC_U16:
  case DLCC_F16:
  case DLCC_BF16:
    return 2;
  case DLCC_I32:
  case DLCC_U32:
  case DLCC_F32:
    return 4;
  case DLCC_I64:
  case DLCC_U64:
  case DLCC_F64:
    return 8;
  }
  llvm_unreachable("not an element type");
}

FailureOr<dlcc_element_type> elementTypeOf(Type type) {
  if (type.isF16())
    return DLCC_F16;
  if (type.isBF16())
    return DLCC_BF16;
  if (type.isF32())
    return DLCC_F32;
  if (type.isF64())
    return DLCC_F64;
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return failure();
  bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 1:
    return DLCC_BOOL;
  case 8:
    return isUnsigned ? DLCC_U8 : DLCC_I8;
  case 16:
    return isUnsigned ? DLCC_U16 : DLCC_I16;
  case 32:
    return isUnsigned ? DLCC_U32 : DLCC_I32;
  case 64:
    return isUnsigned ? DLCC_U64 : DLCC_I64;
  }
  return failure();
}

int64_t TensorDescription::elements() const {
  int64_t product = 1;
  for (int64_t dim : dims)
    product *= dim;
  return product;
}

int64_t TensorDescription::bytes() const {
  return elements() * elementBytes(type);
}

int64_t ModelDescription::parameterElements() const {
  int64_t sum = 0;
  for (const VariableDescription &variable : variables)
    if (variable.kind == DLCC_PARAMETER)
      sum += variable.tensor.elements();
  return sum;
}

bool ModelDescription::takesSequences() const {
  for (const EntryDescription &entry : entries)
    for (const TensorDescription &input : entry.inputs)
      if (input.bound > 0 && input.rowElements > 1)
        return true;
  return false;
}

std::string bodySymbol(StringRef model, StringRef entry) {
  return (model + "_" + entry + "_body").str();
}

/// How many elements one row takes: of `batch*12` in front of 5 it is 60; 0
/// where no dimension holds the batch.
static int64_t rowElementsOf(RankedTensorType type, int64_t batch) {
  auto dims = dyn_cast_if_present<dlc::DimsAttr>(type.getEncoding());
  if (!dims || type.getRank() == 0)
    return 0;
  if (dims.getNames().front().getValue().empty())
    return 0;
  return type.getNumElements() / batch;
}

/// Fills `tensor` from the model's tensor type.
static LogicalResult describeTensor(Operation *op, StringRef name,
                                    RankedTensorType type, int64_t batch,
                                    TensorDescription &tensor) {
  FailureOr<dlcc_element_type> element = elementTypeOf(type.getElementType());
  if (failed(element))
    return op->emitError() << "'" << name << "' has the element type "
                           << type.getElementType()
                           << ", which no entry point can take";
  tensor.name = name.str();
  tensor.type = *element;
  tensor.dims.assign(type.getShape().begin(), type.getShape().end());
  tensor.rowElements = rowElementsOf(type, batch);
  return success();
}

static FailureOr<dlcc_entry_kind> entryKind(func::FuncOp entry,
                                            StringRef name) {
  int kind = llvm::StringSwitch<int>(name)
                 .Case("init", DLCC_ENTRY_INIT)
                 .Case("forward", DLCC_ENTRY_FORWARD)
                 .Case("evaluate", DLCC_ENTRY_EVALUATE)
                 .Case("train", DLCC_ENTRY_TRAIN)
                 .Case("report", DLCC_ENTRY_REPORT)
                 .Default(-1);
  if (kind < 0)
    return entry.emitError() << "unknown kind of entry point '" << name << "'";
  return static_cast<dlcc_entry_kind>(kind);
}

/// Describes argument `index`, an input or an output.
static FailureOr<TensorDescription>
describeArgument(func::FuncOp entry, unsigned index, int64_t batch) {
  auto name = entry.getArgAttrOfType<StringAttr>(index, attr::kName);
  auto type = entry.getArgAttrOfType<TypeAttr>(index, attr::kTensor);
  if (!name || !type)
    return entry.emitError() << "argument " << index << " lacks '"
                             << (name ? attr::kTensor : attr::kName) << "'";
  TensorDescription tensor;
  if (failed(describeTensor(entry, name.getValue(),
                            cast<RankedTensorType>(type.getValue()), batch,
                            tensor)))
    return failure();
  if (auto bound = entry.getArgAttrOfType<IntegerAttr>(index, attr::kBound))
    tensor.bound = bound.getInt();
  return tensor;
}

/// Reads `dlc.feeds` into one feed for each input.
static LogicalResult describeFeeds(func::FuncOp entry,
                                   EntryDescription &description) {
  auto feeds = entry->getAttrOfType<DictionaryAttr>(attr::kFeeds);
  if (!feeds)
    return success();
  for (const TensorDescription &input : description.inputs) {
    FeedDescription &feed = description.feeds.emplace_back();
    auto said = feeds.getAs<DictionaryAttr>(input.name);
    if (!said)
      continue;
    auto field = said.getAs<StringAttr>("field");
    auto calls = said.getAs<ArrayAttr>("calls");
    if (!field || !calls)
      return entry.emitError() << "incomplete feed " << said;
    feed.field = field.getValue().str();
    for (auto call : calls.getAsRange<DictionaryAttr>()) {
      auto name = call.getAs<StringAttr>("function");
      auto numbers = call.getAs<DenseF64ArrayAttr>("numbers");
      int function =
          name ? llvm::StringSwitch<int>(name.getValue())
                     .Case("resize", DLCC_RESIZE)
                     .Case("center_crop", DLCC_CENTER_CROP)
                     .Case("random_crop", DLCC_RANDOM_CROP)
                     .Case("random_resized_crop", DLCC_RANDOM_RESIZED_CROP)
                     .Case("random_flip", DLCC_RANDOM_FLIP)
                     .Case("normalize", DLCC_NORMALIZE)
                     .Default(-1)
               : -1;
      if (function < 0 || !numbers)
        return entry.emitError() << "unknown reader call " << call;
      feed.calls.push_back({static_cast<dlcc_reader_function>(function),
                            numbers.asArrayRef().vec()});
    }
  }
  return success();
}

static FailureOr<EntryDescription> describeEntry(func::FuncOp entry,
                                                 int64_t batch) {
  EntryDescription description;
  description.name = entry.getSymName().str();
  if (auto block = entry->getAttrOfType<StringAttr>(attr::kBlock))
    description.block = block.getValue().str();
  FailureOr<dlcc_entry_kind> kind = entryKind(
      entry, entry->getAttrOfType<StringAttr>(attr::kEntry).getValue());
  auto inputs = entry->getAttrOfType<IntegerAttr>(attr::kInputs);
  if (failed(kind))
    return failure();
  if (!inputs || entry.getNumArguments() < numRegions + inputs.getInt())
    return entry.emitError("not in planned form: no '")
           << attr::kInputs << "', or no region arguments";
  description.kind = *kind;
  if (auto spill = entry->getAttrOfType<IntegerAttr>(attr::kSpillOffset))
    description.spillOffset = spill.getInt();
  description.allRows = entry->hasAttr(attr::kAllRows);
  if (auto parts = entry->getAttrOfType<IntegerAttr>(attr::kParts))
    description.parts = parts.getInt();
  unsigned numInputs = inputs.getInt();
  for (unsigned i = 0, e = entry.getNumArguments() - numRegions; i != e; ++i) {
    FailureOr<TensorDescription> tensor = describeArgument(entry, i, batch);
    if (failed(tensor))
      return failure();
    (i < numInputs ? description.inputs : description.outputs)
        .push_back(std::move(*tensor));
  }
  if (failed(describeFeeds(entry, description)))
    return failure();
  return description;
}

static dlcc_variable_kind kindOf(dlc::VariableKind kind) {
  switch (kind) {
  case dlc::VariableKind::Parameter:
    return DLCC_PARAMETER;
  case dlc::VariableKind::Buffer:
    return DLCC_BUFFER;
  case dlc::VariableKind::Slot:
    return DLCC_SLOT;
  case dlc::VariableKind::State:
    return DLCC_STATE;
  case dlc::VariableKind::Control:
  case dlc::VariableKind::Sum:
    break;
  }
  llvm_unreachable("a variable without a place in the model's memory");
}

static FailureOr<VariableDescription> describeVariable(ModuleOp module,
                                                       DictionaryAttr facts) {
  auto name = facts.getAs<StringAttr>("name");
  auto kind = facts.getAs<dlc::VariableKindAttr>("kind");
  auto type = facts.getAs<TypeAttr>("type");
  auto offset = facts.getAs<IntegerAttr>("offset");
  auto bytes = facts.getAs<IntegerAttr>("bytes");
  if (!name || !kind || !type || !offset || !bytes)
    return module.emitError() << "incomplete variable " << facts;
  VariableDescription variable;
  if (kind.getValue() == dlc::VariableKind::Control)
    return module.emitError() << "control variables need no place " << facts;
  // Variables have a fixed shape: rows are a matter of inputs and outputs.
  if (failed(describeTensor(module, name.getValue(),
                            cast<RankedTensorType>(type.getValue()),
                            /*batch=*/1, variable.tensor)))
    return failure();
  variable.tensor.rowElements = 0;
  variable.kind = kindOf(kind.getValue());
  variable.trainable = facts.contains("trainable");
  variable.offset = offset.getInt();
  variable.bytes = bytes.getInt();
  return variable;
}

static int64_t integerOf(Operation *op, StringRef name, int64_t otherwise) {
  auto value = op->getAttrOfType<IntegerAttr>(name);
  return value ? value.getInt() : otherwise;
}

static std::string stringOf(Operation *op, StringRef name) {
  auto value = op->getAttrOfType<StringAttr>(name);
  return value ? value.getValue().str() : "";
}

/// An attribute of the call, which knows better where kernels were merged, or
/// of the kernel.
static Attribute factOf(func::CallOp call, Operation *kernel, StringRef name) {
  Attribute fact = call->getAttr(name);
  return fact ? fact : kernel->getAttr(name);
}

/// The steps of all the loops around a call.
static int64_t countRuns(func::CallOp call) {
  int64_t runs = 1;
  for (auto loop = call->getParentOfType<scf::ForOp>(); loop;
       loop = loop->getParentOfType<scf::ForOp>()) {
    APInt end;
    if (matchPattern(loop.getUpperBound(), m_ConstantInt(&end)))
      runs *= end.getSExtValue();
  }
  return runs;
}

/// The kernels that an entry runs, in order.
static void describeKernels(func::FuncOp entry, ModelDescription &model) {
  entry.walk([&](func::CallOp call) {
    Operation *kernel =
        SymbolTable::lookupNearestSymbolFrom(call, call.getCalleeAttr());
    if (!kernel)
      return;
    auto text = [&](StringRef name) {
      auto fact = dyn_cast_if_present<StringAttr>(factOf(call, kernel, name));
      return fact ? fact.getValue().str() : std::string();
    };
    auto number = [&](StringRef name, int64_t otherwise) {
      auto fact = dyn_cast_if_present<IntegerAttr>(factOf(call, kernel, name));
      return fact ? fact.getInt() : otherwise;
    };
    KernelDescription description;
    description.name = text(attr::kKernel);
    description.symbol = SymbolTable::getSymbolName(kernel).str();
    description.phase = text(attr::kPhase);
    description.entry = entry.getSymName().str();
    if (auto size = kernel->getAttrOfType<DenseI64ArrayAttr>(attr::kWinograd))
      description.algorithm =
          llvm::formatv("winograd F({0}x{0},{1}x{1})", size[0], size[1]).str();
    if (auto unit = kernel->getAttrOfType<StringAttr>(attr::kUnit))
      description.algorithm = (unit.getValue() + " tiles").str();
    if (std::string words = text(attr::kAlgorithm); !words.empty())
      description.algorithm = words;
    description.product = text(attr::kProduct);
    if (auto tiles = kernel->getAttrOfType<DenseI64ArrayAttr>(attr::kTiles);
        tiles && !description.product.empty()) {
      description.tiles = tiles.asArrayRef().vec();
      std::string from = text(attr::kTilesFrom);
      description.tilesFrom = from.empty() ? "model" : from;
    }
    description.line = number(attr::kLine, 0);
    description.runs = countRuns(call);
    description.flops = description.runs * number(attr::kFlops, 0);
    description.bytes = description.runs * number(attr::kBytes, 0);
    description.tasks = number(attr::kTasks, 1);
    auto offsets = call->getAttrOfType<DenseI64ArrayAttr>(attr::kOffsets);
    if (offsets && !offsets.empty())
      description.offset = offsets.asArrayRef().front();
    description.isRepeated = call->hasAttr(attr::kRecomputed);
    model.kernels.push_back(std::move(description));
  });
}

/// Whether an entry reads `$steps_per_epoch`: it has a view of the control
/// block there.
static bool readsStepsPerEpoch(func::FuncOp entry) {
  Value control = entry.getArgument(entry.getNumArguments() - 2);
  return llvm::any_of(control.getUsers(), [](Operation *user) {
    auto view = dyn_cast<memref::ViewOp>(user);
    APInt offset;
    return view && matchPattern(view.getByteShift(), m_ConstantInt(&offset)) &&
           offset == offsetof(dlcc_control, steps_per_epoch);
  });
}

/// Checkpoints carry this number. Two models with the same variables can
/// exchange them, whatever their batch, rates or target.
static uint64_t hashOf(const std::vector<VariableDescription> &variables) {
  std::string text;
  llvm::raw_string_ostream out(text);
  for (const VariableDescription &variable : variables) {
    const TensorDescription &tensor = variable.tensor;
    out << tensor.name << ' ' << int(variable.kind) << ' ' << int(tensor.type);
    for (int64_t dim : tensor.dims)
      out << ' ' << dim;
    out << '\n';
  }
  return llvm::xxh3_64bits(text);
}

FailureOr<ModelDescription> describeModel(ModuleOp module) {
  ModelDescription model;
  model.name = stringOf(module, attr::kModel);
  if (model.name.empty())
    return module.emitError() << "no '" << attr::kModel << "'";
  for (dlc::TargetAttr target : levelsOf(module)) {
    model.levels.push_back(target ? LevelDescription{target.getCpu().str(),
                                                     target.getFeatures().str()}
                                  : LevelDescription());
    model.isForDevice = target && target.getKind() == "cuda";
  }
  model.batch = integerOf(module, attr::kBatch, 1);
  model.weightBytes = integerOf(module, attr::kWeightBytes, 0);
  model.optimizerBytes = integerOf(module, attr::kOptimizerBytes, 0);
  model.stateBytes = integerOf(module, attr::kStateBytes, 0);
  model.arenaBytes = integerOf(module, attr::kArenaBytes, 0);
  model.scratchBytes = integerOf(module, attr::kScratchBytes, 0);
  model.liveBytes = integerOf(module, attr::kLiveBytes, model.arenaBytes);
  model.unlimitedArenaBytes =
      integerOf(module, attr::kUnlimitedArenaBytes, model.arenaBytes);
  model.epochs = integerOf(module, attr::kEpochs, 0);
  if (auto rate = module->getAttrOfType<FloatAttr>(attr::kLearningRate))
    model.learningRate = rate.getValueAsDouble();

  auto variables = module->getAttrOfType<ArrayAttr>(attr::kVariables);
  if (!variables)
    return module.emitError()
           << "no '" << attr::kVariables << "': is memory planned?";
  for (auto facts : variables.getAsRange<DictionaryAttr>()) {
    FailureOr<VariableDescription> variable = describeVariable(module, facts);
    if (failed(variable))
      return failure();
    model.variables.push_back(std::move(*variable));
  }
  for (auto entry : module.getOps<func::FuncOp>()) {
    if (!entry->hasAttr(attr::kEntry))
      continue;
    FailureOr<EntryDescription> description = describeEntry(entry, model.batch);
    if (failed(description))
      return failure();
    model.entries.push_back(std::move(*description));
    describeKernels(entry, model);
    model.needsStepsPerEpoch |= readsStepsPerEpoch(entry);
  }
  model.hash = hashOf(model.variables);
  return model;
}

} // namespace dlcc
