//===- CompiledModule.cpp - a module of dlc ops, run two ways -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledModule.h"

#include "ir/Ops.h"
#include "ir/ShapeFunctions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Passes.h"
#include "tools/Compiler.h"
#include "tools/ReadModel.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace dlcc;

static int64_t getWidth(Type element) {
  return (element.getIntOrFloatBitWidth() + 7) / 8;
}

/// The bytes that a caller of the C interface hands over.
static std::vector<char> toBytes(const eval::Tensor &tensor) {
  Type element = tensor.type.getElementType();
  int64_t width = getWidth(element);
  std::vector<char> bytes(tensor.size() * width);
  for (int64_t i = 0; i < tensor.size(); ++i) {
    uint64_t bits = 0;
    if (auto number = dyn_cast<FloatType>(element)) {
      llvm::APFloat value(tensor.floats[i]);
      bool losesInfo = false;
      value.convert(number.getFloatSemantics(),
                    llvm::APFloat::rmNearestTiesToEven, &losesInfo);
      bits = value.bitcastToAPInt().getZExtValue();
    } else {
      bits = static_cast<uint64_t>(tensor.ints[i]);
    }
    std::memcpy(bytes.data() + i * width, &bits, width);
  }
  return bytes;
}

static eval::Tensor fromBytes(RankedTensorType type,
                              const std::vector<char> &bytes) {
  eval::Tensor tensor(type);
  Type element = type.getElementType();
  int64_t width = getWidth(element);
  for (int64_t i = 0; i < tensor.size(); ++i) {
    uint64_t bits = 0;
    std::memcpy(&bits, bytes.data() + i * width, width);
    if (auto number = dyn_cast<FloatType>(element)) {
      llvm::APFloat value(number.getFloatSemantics(),
                          llvm::APInt(width * 8, bits));
      bool losesInfo = false;
      value.convert(llvm::APFloat::IEEEdouble(),
                    llvm::APFloat::rmNearestTiesToEven, &losesInfo);
      tensor.floats[i] = value.convertToDouble();
    } else {
      tensor.ints[i] = eval::wrap(static_cast<int64_t>(bits), element);
    }
  }
  return tensor;
}

namespace {
/// The call that runs: the instance keeps its memory to itself, but a body
/// knows it.
struct Watch {
  dlcc_body body = nullptr;
  dlcc_call call = {};
};
} // namespace

static thread_local Watch watch;

static void runWatched(const dlcc_call *call) {
  watch.call = *call;
  watch.body(call);
}

CompiledModule::CompiledModule() {
  DialectRegistry registry;
  registerDialects(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
}

CompiledModule::CompiledModule(const std::string &text) : CompiledModule() {
  original = parseSourceString<ModuleOp>(text, &context);
  if (original)
    compile(/*training=*/false);
  else
    ADD_FAILURE() << "the module does not parse";
}

std::unique_ptr<CompiledModule>
CompiledModule::fromModel(const std::string &path) {
  std::unique_ptr<CompiledModule> result(new CompiledModule);
  CompileOptions options;
  options.input = path;
  options.training = true;
  auto models = readModels(result->context, options,
                           [](Severity severity, const std::string &message) {
                             if (severity == Severity::Error)
                               ADD_FAILURE() << message;
                           });
  if (!models)
    return result;
  result->original = std::move(models->front().module);
  result->compile(/*training=*/true);
  PassManager passes(&result->context);
  passes.addPass(createDifferentiatePass());
  passes.addPass(createBuildTrainStepPass());
  EXPECT_TRUE(succeeded(passes.run(*result->original)));
  return result;
}

void CompiledModule::compile(bool training) {
  CompileOptions options;
  options.artefacts = {Artefact::Object};
  options.training = training;
  OwningOpRef<ModuleOp> copy(cast<ModuleOp>(original.get()->clone()));
  CompiledModel result;
  result.name = "t";
  if (failed(Compilation(std::move(copy), options).run(result)) ||
      result.files.empty()) {
    ADD_FAILURE() << "the module does not compile";
    return;
  }
  llvm::Expected<LoadedModel> model =
      LoadedModel::load("t", result.files.front().second);
  if (!model) {
    ADD_FAILURE() << llvm::toString(model.takeError());
    return;
  }
  loaded.emplace(std::move(*model));
  watched = loaded->descriptor();
  entries.assign(watched.entries, watched.entries + watched.num_entries);
  for (dlcc_entry &entry : entries)
    entry.body = runWatched;
  watched.entries = entries.data();
  dlcc_options create = DLCC_OPTIONS_INIT;
  create.threads = 2;
  create.seed = kSeed;
  instance.reset(dlcc_create(&watched, &create));
  EXPECT_NE(instance, nullptr) << dlcc_last_error();
}

int CompiledModule::findEntry(StringRef name) const {
  for (auto [number, entry] : llvm::enumerate(entries))
    if (entry.name == name) {
      watch.body = loaded->descriptor().entries[number].body;
      return number;
    }
  ADD_FAILURE() << "no entry " << name.str();
  return -1;
}

void CompiledModule::init() {
  if (findEntry("init") >= 0)
    EXPECT_EQ(dlcc_init(instance.get(), kSeed), DLCC_OK) << dlcc_last_error();
}

llvm::StringMap<eval::Tensor> CompiledModule::variables() {
  llvm::StringMap<eval::Tensor> result;
  for (int i = 0; i < watched.num_variables; ++i) {
    const dlcc_variable &variable = watched.variables[i];
    char *const regions[] = {watch.call.weights, watch.call.weights,
                             watch.call.optimizer, watch.call.state};
    const char *from = regions[variable.kind] + variable.offset;
    auto declared =
        original->lookupSymbol<dlc::VariableOp>(variable.tensor.name);
    if (!declared) {
      ADD_FAILURE() << "the oracle has no " << variable.tensor.name;
      continue;
    }
    result[variable.tensor.name] =
        fromBytes(cast<RankedTensorType>(declared.getType()),
                  std::vector<char>(from, from + variable.bytes));
  }
  return result;
}

std::vector<eval::Tensor> CompiledModule::run(const std::string &entry,
                                              int64_t rows,
                                              ArrayRef<eval::Tensor> inputs) {
  auto function = original->lookupSymbol<func::FuncOp>(entry);
  int number = findEntry(entry);
  if (number < 0)
    return {};
  std::vector<std::vector<char>> memory;
  for (const eval::Tensor &input : inputs)
    memory.push_back(toBytes(input));
  for (Type type : function.getResultTypes())
    memory.push_back(toBytes(eval::Tensor(cast<RankedTensorType>(type))));
  std::vector<void *> arguments;
  for (std::vector<char> &bytes : memory)
    arguments.push_back(bytes.data());
  EXPECT_EQ(dlcc_run(instance.get(), number, rows, arguments.data()), DLCC_OK)
      << dlcc_last_error();
  std::vector<eval::Tensor> results;
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    results.push_back(
        fromBytes(cast<RankedTensorType>(type), memory[inputs.size() + i]));
  return results;
}

eval::Tensor dlcc::makeInput(RankedTensorType type, std::mt19937 &random) {
  eval::Tensor tensor(type);
  Type element = type.getElementType();
  for (double &value : tensor.floats)
    value = std::uniform_real_distribution<>(-2.0, 2.0)(random);
  bool isSigned = !element.isUnsignedInteger() && !element.isInteger(1);
  int64_t low = isSigned ? -5 : 0, high = element.isInteger(1) ? 1 : 5;
  for (int64_t &value : tensor.ints)
    value = std::uniform_int_distribution<int64_t>(low, high)(random);
  tensor.round();
  return tensor;
}

/// How many roundings' worth of error is allowed for a value of size 1.
static double getTolerance(Type element) {
  if (element.isF64())
    return 1e-12;
  if (element.isF32())
    return 4e-6;
  return element.isF16() ? 2e-3 : 2e-2;
}

void dlcc::expectClose(const eval::Tensor &got, const eval::Tensor &wanted,
                       int64_t rows, int64_t batch, double slack) {
  ASSERT_EQ(got.size(), wanted.size());
  Dims dims = getDims(wanted.type);
  int64_t count = got.size();
  if (!dims.empty())
    if (int64_t multiple = getRowMultiple(dims[0], batch))
      count = count / dims[0].size * rows * multiple;
  Type element = wanted.type.getElementType();
  for (int64_t i = 0; i < count; ++i) {
    if (!wanted.isFloat()) {
      EXPECT_EQ(got.ints[i], wanted.ints[i]) << "element " << i;
      continue;
    }
    double expected = wanted.floats[i], actual = got.floats[i];
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(actual)) << "element " << i << ": " << actual;
      continue;
    }
    double bound =
        slack * getTolerance(element) * std::max(1.0, std::abs(expected));
    if (std::isinf(expected))
      EXPECT_EQ(actual, expected) << "element " << i;
    else
      EXPECT_NEAR(actual, expected, bound) << "element " << i;
  }
}
