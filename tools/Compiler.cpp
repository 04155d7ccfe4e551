//===- Compiler.cpp - joins the rooms -------------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Compiler.h"

#include "codegen/cpu/Pipeline.h"
#include "codegen/cpu/TargetTable.h"
#include "codegen/gpu/ChipTable.h"
#include "codegen/gpu/LaunchTable.h"
#include "codegen/gpu/Launches.h"
#include "codegen/gpu/Pipeline.h"
#include "codegen/object/CNames.h"
#include "codegen/object/EmitHeader.h"
#include "codegen/object/Levels.h"
#include "codegen/object/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "passes/Passes.h"
#include "passes/Phase.h"
#include "passes/Pipelines.h"
#include "passes/autodiff/Rules.h"
#include "tools/ChooseParts.h"
#include "tools/Diagnostics.h"
#include "tools/ReadModel.h"
#include "tools/Stopwatch.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <thread>

using namespace mlir;

namespace dlcc {

static constexpr llvm::StringLiteral phaseNames[] = {
    "parsed",  "graph", "differentiated", "fused",
    "planned", "loops", "llvm",           "object"};

StringRef phaseName(Phase phase) { return phaseNames[int(phase)]; }

std::optional<Phase> phaseOf(StringRef name) {
  for (auto [i, known] : llvm::enumerate(phaseNames))
    if (known == name)
      return static_cast<Phase>(i);
  return std::nullopt;
}

static constexpr llvm::StringLiteral precisionNames[] = {"f32", "strict",
                                                         "bf16", "f64", "tf32"};

StringRef precisionName(Precision precision) {
  return precisionNames[int(precision)];
}

std::optional<Precision> precisionOf(StringRef name) {
  for (auto [i, known] : llvm::enumerate(precisionNames))
    if (known == name)
      return static_cast<Precision>(i);
  return std::nullopt;
}

void registerDialects(DialectRegistry &registry) {
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registerAllToLLVMIRTranslations(registry);
  registry.insert<dlc::DLCDialect>();
  registerGradientRules(registry);
}

int64_t countThreads(const CompileOptions &options) {
  // A GPU has one workspace.
  if (!options.chip.empty())
    return 1;
  return options.threads > 0
             ? options.threads
             : std::max<int64_t>(1, std::thread::hardware_concurrency());
}

void addPhasePasses(OpPassManager &passes, Phase phase,
                    const CompileOptions &options) {
  bool isGpu = !options.chip.empty();
  switch (phase) {
  case Phase::Parsed:
  case Phase::Object:
    return;
  case Phase::Graph:
    if (options.gradients)
      passes.addPass(createExposeGradientsPass());
    if (options.precision == Precision::F64)
      passes.addPass(createWidenFloatsPass());
    buildGraphPipeline(passes);
    return;
  case Phase::Differentiated:
    buildDifferentiatePipeline(passes);
    return;
  case Phase::Fused:
    buildFusePipeline(passes, options.precision == Precision::F32 && !isGpu);
    return;
  case Phase::Planned:
    buildPlanPipeline(passes,
                      [&](OpPassManager &kernels) {
                        if (options.precision == Precision::BF16)
                          kernels.addPass(createNarrowContractionsPass());
                        if (isGpu)
                          gpu::buildGpuSelectPipeline(
                              kernels, options.precision == Precision::TF32);
                        else
                          cpu::buildCpuSelectPipeline(kernels, options.tuning,
                                                      countThreads(options));
                      },
                      {options.maxMemory.value_or(0), countThreads(options)});
    passes.addPass(object::createMergeKernelsPass());
    return;
  case Phase::Loops:
    if (isGpu)
      gpu::buildGpuLoopsPipeline(passes);
    else
      cpu::buildCpuLoopsPipeline(passes);
    return;
  case Phase::LLVM:
    passes.addPass(object::createLowerEntriesPass());
    if (isGpu)
      gpu::buildGpuLLVMPipeline(passes);
    else
      cpu::buildCpuLLVMPipeline(passes);
    return;
  }
}

bool isPassOfAnyPhase(StringRef pass) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  PassManager passes(&context, ModuleOp::getOperationName());
  CompileOptions everything;
  everything.gradients = true;
  everything.maxMemory = 1;
  for (Precision precision : {Precision::BF16, Precision::F64}) {
    everything.precision = precision;
    for (int phase = 0; phase <= int(Phase::LLVM); ++phase)
      addPhasePasses(passes, static_cast<Phase>(phase), everything);
  }
  std::string text;
  llvm::raw_string_ostream out(text);
  passes.printAsTextualPipeline(out);
  // op(pass{option=value},pass,…)
  SmallVector<StringRef> words;
  llvm::SplitString(text, words, "(){}, ");
  return llvm::is_contained(words, pass);
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

Compilation::Compilation(OwningOpRef<ModuleOp> module,
                         const CompileOptions &options)
    : module(std::move(module)), options(options) {}

bool Compilation::wants(Artefact artefact) const {
  return llvm::is_contained(options.artefacts, artefact);
}

std::string Compilation::printModule() {
  std::string text;
  llvm::raw_string_ostream out(text);
  // Values are called after the model's text.
  module->print(out, OpPrintingFlags().printNameLocAsPrefix());
  out << '\n';
  return text;
}

LogicalResult Compilation::setTargets() {
  MLIRContext *context = module->getContext();
  bool isGpu = !options.chip.empty();
  llvm::Expected<SmallVector<dlc::TargetAttr>> levels =
      isGpu
          ? gpu::describeGpuTargets(context, options.chip,
                                    /*runsOnLater=*/wantsObject() ||
                                        wants(Artefact::Header))
          : describeLevels(context, options.triple, options.cpu,
                           /*usesTiles=*/options.precision == Precision::BF16);
  if (!levels)
    return emitError(UnknownLoc::get(context))
           << llvm::toString(levels.takeError());
  module.get()->setAttr(attr::kTarget, levels->front());
  if (options.trials > 1)
    levels->resize(options.trials, levels->front());
  if (levels->size() > 1)
    module.get()->setAttr(
        attr::kLevels,
        ArrayAttr::get(context,
                       SmallVector<Attribute>(levels->begin(), levels->end())));
  return success();
}

LogicalResult Compilation::runPhase(Phase phase, CompiledModel &result) {
  Stopwatch watch(phaseName(phase), result.times);
  PassManager passes(module->getContext(), ModuleOp::getOperationName());
  addPhasePasses(passes, phase, options);
  if (!options.printAfter.empty())
    passes.enableIRPrinting(
        /*shouldPrintBeforePass=*/{},
        [this](Pass *pass, Operation *) {
          return options.printAfter == "all" ||
                 pass->getArgument() == options.printAfter;
        },
        /*printModuleScope=*/true);
  return passes.run(*module);
}

/// The kernels of each level, in the order of the tables that LowerEntries
/// declared.
static std::vector<KernelTable> readKernelTables(ModuleOp module) {
  SymbolTable symbols(module);
  std::vector<KernelTable> tables;
  for (auto global : module.getOps<LLVM::GlobalOp>()) {
    auto kernels = global->getAttrOfType<ArrayAttr>(object::kernelTableAttr);
    if (!kernels)
      continue;
    KernelTable &table = tables.emplace_back();
    table.symbol = global.getSymName();
    for (auto symbol : kernels.getAsRange<FlatSymbolRefAttr>()) {
      auto tasks = symbols.lookup(symbol.getValue())
                       ->getAttrOfType<IntegerAttr>(attr::kTasks);
      table.kernels.push_back({symbol.getValue().str(), tasks.getInt()});
    }
  }
  return tables;
}

/// The tiles that each level tries, where the tables' kernels differ in them.
static std::vector<KernelTrials> readTrials(ModuleOp module,
                                            ArrayRef<KernelTable> tables) {
  SymbolTable symbols(module);
  std::string target = cpu::TargetTable(levelsOf(module).front()).name().str();
  std::vector<KernelTrials> list(tables.front().kernels.size());
  for (const KernelTable &table : tables)
    for (auto [trials, kernel] : llvm::zip_equal(list, table.kernels)) {
      Operation *function = symbols.lookup(kernel.first);
      auto product = function->getAttrOfType<StringAttr>(attr::kProduct);
      if (!product || function->hasAttr(attr::kTilesFrom))
        continue;
      trials.target = target;
      trials.product = product.str();
      auto tiles = function->getAttrOfType<DenseI64ArrayAttr>(attr::kTiles);
      trials.tiles.push_back(tiles.asArrayRef().vec());
    }
  return list;
}

/// Whatever is linked here must find the C functions that the model calls.
LogicalResult Compilation::checkLinks() {
  if (options.stopAfter != Phase::Object ||
      !(options.loads || wants(Artefact::Shared) ||
        wants(Artefact::Executable)))
    return success();
  std::vector<std::string> missing;
  std::optional<Location> place;
  module->walk([&](Operation *op) {
    auto symbol = op->getAttrOfType<StringAttr>(attr::kExtern);
    if (!symbol || links.define(symbol))
      return;
    std::string name = ("'" + symbol.getValue() + "'").str();
    if (!llvm::is_contained(missing, name))
      missing.push_back(name);
    if (!place)
      place = withoutPhase(op->getLoc());
  });
  if (missing.empty())
    return success();
  return emitError(*place)
         << (missing.size() == 1 ? "the C function " : "the C functions ")
         << llvm::join(missing, " and ")
         << (links.files().empty()
                 ? " must be linked; name the object or library with --link"
                 : " cannot be found in the files given with --link");
}

/// A text for each chip.
LogicalResult Compilation::printLaunches(CompiledModel &result) {
  for (auto [level, target] : llvm::enumerate(levelsOf(*module))) {
    FailureOr<std::string> launches = gpu::printLaunches(*module, level);
    if (failed(launches))
      return failure();
    result.files.push_back(
        {fileFor(target.getCpu(), "launches.json"), *launches});
  }
  return success();
}

LogicalResult Compilation::run(CompiledModel &result) {
  if (failed(setTargets()))
    return failure();
  llvm::Expected<LinkedFiles> read = LinkedFiles::read(options.links);
  if (!read)
    return emitError(UnknownLoc::get(module->getContext()))
           << llvm::toString(read.takeError());
  links = std::move(*read);
  // A module that a test wrote in planned form starts there.
  bool isPlanned = module.get()->hasAttr(attr::kVariables);
  for (int i = 0; i <= int(Phase::LLVM); ++i) {
    Phase phase = static_cast<Phase>(i);
    // On a GPU no entry goes through its batch in parts.
    if (phase == Phase::Fused && !isPlanned && options.maxMemory &&
        options.chip.empty()) {
      Stopwatch watch("parts", result.times);
      if (failed(chooseParts(*module, options)))
        return failure();
    }
    if (!(isPlanned && phase <= Phase::Planned) &&
        failed(runPhase(phase, result)))
      return failure();
    if (options.saveTemps)
      result.temps.push_back({(result.name + "." + std::to_string(i) + "." +
                               phaseName(phase) + ".mlir")
                                  .str(),
                              printModule()});
    if (phase == Phase::Graph)
      describeExterns(result);
    if (phase == Phase::Graph && options.gradients)
      describeGradients(result);
    if (phase == Phase::Differentiated && wants(Artefact::DLC))
      result.files.push_back({result.name + ".dlc.mlir", printModule()});
    if (phase == Phase::Planned) {
      if (failed(checkLinks()))
        return failure();
      FailureOr<ModelDescription> described = describeModel(*module);
      if (failed(described))
        return failure();
      description = std::move(*described);
      description.threads = options.threads;
      description.precision = precisionName(options.precision).str();
      describe(result);
      if (wants(Artefact::MLIR))
        result.files.push_back({result.name + ".mlir", printModule()});
    }
    if (phase == Phase::Loops && wants(Artefact::Launches) &&
        failed(printLaunches(result)))
      return failure();
    if (phase == options.stopAfter) {
      result.ir = printModule();
      return success();
    }
  }
  if (!options.chip.empty())
    return emitForGpu(result);
  kernelTables = readKernelTables(*module);
  if (options.trials > 1)
    result.trials = readTrials(*module, kernelTables);
  return emit(result);
}

void Compilation::describe(CompiledModel &result) const {
  result.name = description.name;
  for (const LevelDescription &level : description.levels)
    result.levels.push_back({level.cpu, level.features});
  result.precision = description.precision;
  result.batch = description.batch;
  result.parameters = description.parameterElements();
  result.memory = {description.weightBytes,        description.optimizerBytes,
                   description.stateBytes,         description.arenaBytes,
                   description.scratchBytes,       description.liveBytes,
                   description.unlimitedArenaBytes};
  for (const VariableDescription &variable : description.variables)
    if (variable.kind == DLCC_PARAMETER)
      result.parameterList.push_back(
          {variable.tensor.name, spellElementType(variable.tensor.type).str(),
           variable.tensor.dims, variable.trainable});
  for (const EntryDescription &entry : description.entries)
    if (entry.parts > 1)
      result.parts.push_back(
          {entry.name, entry.parts, description.batch / entry.parts});
  for (const KernelDescription &kernel : description.kernels)
    result.kernels.push_back(
        {kernel.name,
         options.chip.empty() ? kernel.symbol : gpu::deviceName(kernel.symbol),
         kernel.entry, kernel.phase, kernel.algorithm, kernel.product,
         kernel.tiles, kernel.tilesFrom, kernel.line, kernel.flops,
         kernel.bytes, kernel.runs, kernel.tasks, kernel.offset,
         kernel.isRepeated});
}

std::string CompiledModel::processors() const {
  return llvm::join(
      llvm::map_range(levels, [](const LevelInfo &level) { return level.cpu; }),
      ", ");
}

std::string CompiledModel::memoryTrade(int64_t threads) const {
  if (memory.arena == memory.unlimitedArena && parts.empty())
    return {};
  MemoryInfo unlimited = memory;
  unlimited.arena = memory.unlimitedArena;
  std::string text;
  llvm::raw_string_ostream out(text);
  out << name << ": " << memory.total(threads) << " instead of "
      << unlimited.total(threads) << " bytes with " << threads
      << (threads == 1 ? " thread\n" : " threads\n");
  for (const PartsInfo &entry : parts)
    out << "  " << entry.entry << ": the batch in " << entry.parts
        << " parts of " << entry.rows
        << (entry.rows == 1 ? " row\n" : " rows\n");
  struct Work {
    int64_t kernels = 0, repeated = 0, flops = 0, more = 0;
  };
  llvm::MapVector<StringRef, Work> entries;
  for (const KernelInfo &kernel : kernels) {
    Work &work = entries[kernel.entry];
    ++(kernel.isRepeated ? work.repeated : work.kernels);
    (kernel.isRepeated ? work.more : work.flops) += kernel.flops;
  }
  for (auto &[entry, work] : entries)
    if (work.repeated > 0)
      out << llvm::formatv("  {0}: {1} of {2} kernels run again, {3:f1}% more "
                           "operations\n",
                           entry, work.repeated, work.kernels,
                           100.0 * double(work.more) /
                               double(std::max<int64_t>(1, work.flops)));
  return text;
}

void Compilation::describeExterns(CompiledModel &result) {
  auto take = [&](Type type) {
    if (auto number = dyn_cast<FloatType>(getElementTypeOrSelf(type)))
      result.significantBits =
          std::min<int>(result.significantBits, number.getFPMantissaWidth());
  };
  module->walk([&](dlc::ExternOp call) {
    llvm::for_each(call->getOperandTypes(), take);
    llvm::for_each(call->getResultTypes(), take);
  });
}

/// The results of the entries that ExposeGradients made, but for their losses.
void Compilation::describeGradients(CompiledModel &result) {
  for (auto entry : module->getOps<func::FuncOp>())
    for (unsigned i = 1; i < entry.getNumResults(); ++i)
      if (auto line = entry.getResultAttrOfType<IntegerAttr>(i, attr::kLine))
        result.gradients.push_back(
            {entry.getSymName().str(),
             entry.getResultAttrOfType<StringAttr>(i, attr::kName).str(),
             line.getInt()});
}

//===----------------------------------------------------------------------===//
// dlcc::compile
//===----------------------------------------------------------------------===//

/// Whether the models of a file can stand in one program: neither their macros,
/// which are in capitals, nor their functions have one name.
static LogicalResult checkTogether(std::vector<InputModel> &models) {
  llvm::StringMap<StringRef> owners;
  for (InputModel &model : models) {
    std::string name = model.name;
    std::vector<std::string> taken = {StringRef(name).upper() + "_BATCH"};
    for (auto entry : model.module->getOps<func::FuncOp>())
      taken.push_back(name + "_" + entry.getSymName().str());
    for (const std::string &symbol : taken)
      if (auto [it, isNew] = owners.try_emplace(symbol, model.name); !isNew)
        return emitError(model.module->getLoc())
               << "models '" << it->second << "' and '" << name
               << "' would both have '" << symbol << "' in C";
  }
  return success();
}

std::vector<CompiledModel> compile(const CompileOptions &options,
                                   const DiagnosticSink &sink) {
  DialectRegistry registry;
  registerDialects(registry);
  // Models are small: threads of the compiler would cost more than they give.
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  DiagnosticPrinter printer(&context, sink);
  std::optional<std::vector<InputModel>> models =
      readModels(context, options, sink);
  if (!models)
    return {};
  if (failed(checkTogether(*models)))
    return {};
  std::vector<CompiledModel> results;
  bool anyTrains = llvm::any_of(
      *models, [](const InputModel &model) { return model.hasTraining; });
  for (InputModel &model : *models) {
    if (options.requireTraining && !anyTrains) {
      emitError(model.module->getLoc())
          << "model '" << model.name
          << "' has no training block, so there is no training step";
      return {};
    }
    // Beside a model that trains, another is what one does with its weights.
    CompileOptions own = options;
    if (options.requireTraining && !model.hasTraining) {
      llvm::erase(own.artefacts, Artefact::Executable);
      if (own.artefacts.empty() && !options.artefacts.empty())
        continue;
    }
    if (!isModelName(model.name)) {
      emitError(model.module->getLoc())
          << "'" << model.name
          << "' cannot be the prefix of C symbols; choose another with --name";
      return {};
    }
    CompiledModel result;
    result.name = model.name;
    result.hasTraining = model.hasTraining;
    if (failed(Compilation(std::move(model.module), own).run(result)))
      return {};
    results.push_back(std::move(result));
  }
  return results;
}

bool check(const CompileOptions &options, const DiagnosticSink &sink) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  DiagnosticPrinter printer(&context, sink);
  return checkModels(context, options, sink);
}

} // namespace dlcc
