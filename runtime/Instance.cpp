//===- Instance.cpp - making and ending instances -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory is weights + optimizer + state + arena + threads x scratch, each part
// aligned to 64 bytes, and one line of control scalars: what the header's
// macros say. All of it is taken here; no later call allocates. Where a GPU
// runs the model, arena and scratch lie there (device/Executor.h).
//
//===----------------------------------------------------------------------===//

#include "runtime/Instance.h"
#include "runtime/Features.h"
#include "runtime/Status.h"
#include "runtime/Tensors.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

using namespace dlcc::rt;

/// Memory from the system, in large pages where it has them: operands are read
/// line by line, each in a page of its own, more than the processor's table of
/// small pages holds. The end that fills no large page stays in small ones, so
/// that no more memory is taken than was asked for.
static void *allocatePages(int64_t bytes) {
  constexpr int64_t kLargePage = int64_t(2) << 20;
  int64_t large = bytes / kLargePage * kLargePage;
  void *memory = nullptr;
  if (posix_memalign(&memory, large ? kLargePage : kAlignment, bytes) != 0)
    return nullptr;
#ifdef MADV_HUGEPAGE
  // A system without large pages refuses, which changes nothing.
  if (large)
    madvise(memory, large, MADV_HUGEPAGE);
#endif
  return memory;
}

Block::Block(const dlcc_options &options, int64_t bytes)
    : user(options.user), deallocate(options.deallocate),
      bytes(std::max(alignUp(bytes), kAlignment)) {
  memory = static_cast<char *>(
      options.allocate ? options.allocate(user, this->bytes, kAlignment)
                       : allocatePages(this->bytes));
  if (!memory)
    throw Failure(DLCC_OUT_OF_MEMORY, "no memory for " +
                                          std::to_string(this->bytes) +
                                          " bytes of the model");
  // The system gives pages when they are first touched. All of it now: a later
  // call then neither waits for pages nor finds that there are none.
  std::memset(memory, 0, this->bytes);
}

Block::~Block() {
  if (deallocate)
    deallocate(user, memory, bytes);
  else
    std::free(memory);
}

Weights::Weights(const dlcc_model &model, const dlcc_options &options)
    : block(options, model.weight_bytes), present(model.num_variables, false) {
  markAbsent(model);
  if (model.devices)
    onDevice = std::make_unique<device::DeviceWeights>(model, block.data());
}

void Weights::markPresent(size_t variable) {
  missing -= !present[variable];
  present[variable] = true;
}

void Weights::markAbsent(const dlcc_model &model) {
  present.assign(model.num_variables, false);
  missing = std::count_if(model.variables,
                          model.variables + model.num_variables, isWeight);
}

/// Bytes of everything but the weights, and where the parts begin.
static int64_t ownBytes(const dlcc_model &model, int64_t threads) {
  int64_t bytes = alignUp(model.optimizer_bytes) + alignUp(model.state_bytes);
  if (!model.devices)
    bytes += alignUp(model.arena_bytes) + alignUp(sizeof(dlcc_control)) +
             threads * alignUp(model.scratch_bytes);
  return bytes;
}

dlcc_instance::dlcc_instance(const dlcc_model &model, const dlcc_level &level,
                             const dlcc_options &options,
                             std::shared_ptr<Weights> sharedWeights)
    : model(model), level(level), options(options),
      shared(sharedWeights != nullptr),
      weights(shared ? std::move(sharedWeights)
                     : std::make_shared<Weights>(model, options)),
      block(options, ownBytes(model, options.threads)),
      team(model.devices ? 1 : options.threads, options.parallel_for,
           options.user),
      alone(model.num_entries, false), stepsPerEpoch(options.steps_per_epoch) {
  optimizer = block.data();
  state = optimizer + alignUp(model.optimizer_bytes);
  if (model.devices) {
    arena = scratch = nullptr;
    control = nullptr;
    executor = std::make_unique<device::Executor>(model, *weights->onDevice,
                                                  optimizer, state);
  } else {
    arena = state + alignUp(model.state_bytes);
    control =
        reinterpret_cast<dlcc_control *>(arena + alignUp(model.arena_bytes));
    scratch = reinterpret_cast<char *>(control) + alignUp(sizeof(dlcc_control));
  }
  int32_t longest = 0;
  for (int32_t i = 0; i < model.num_entries; ++i)
    longest = std::max(longest, model.entries[i].num_inputs +
                                    model.entries[i].num_outputs);
  args.resize(longest);
  position.seed = options.seed;
  clearTraining();
}

char *dlcc_instance::region(const dlcc_variable &variable) const {
  return isWeight(variable)           ? weights->block.data()
         : variable.kind == DLCC_SLOT ? optimizer
                                      : state;
}

device::Mirror *dlcc_instance::mirror(const dlcc_variable &variable) const {
  if (!executor)
    return nullptr;
  return isWeight(variable)           ? &weights->onDevice->mirror
         : variable.kind == DLCC_SLOT ? &executor->optimizerMirror()
                                      : &executor->stateMirror();
}

const char *dlcc_instance::read(const dlcc_variable &variable) const {
  if (device::Mirror *copies = mirror(variable))
    copies->fetch();
  return region(variable) + variable.offset;
}

void dlcc_instance::copy(const dlcc_variable &variable, void *out) const {
  auto read = [&] {
    std::memcpy(out, region(variable) + variable.offset, variable.bytes);
  };
  if (device::Mirror *copies = mirror(variable))
    copies->read(read);
  else
    read();
}

const dlcc_variable *dlcc_instance::find(const char *name) const {
  for (int32_t i = 0; i < model.num_variables; ++i)
    if (std::strcmp(model.variables[i].tensor.name, name) == 0)
      return &model.variables[i];
  return nullptr;
}

void dlcc_instance::restartAverage(const dlcc_variable &parameter) {
  std::string name = std::string(parameter.tensor.name) + "/trained";
  const dlcc_variable *trained = find(name.c_str());
  if (!trained)
    return;
  const char *value = read(parameter);
  change(*trained, [&](char *elements) {
    std::memcpy(elements, value, parameter.bytes);
  });
}

void dlcc_instance::note(const std::string &message) const {
  if (options.log)
    options.log(options.user, message.c_str());
}

/// Makes a region zero; `copies` is null where the model runs here.
static void clear(device::Mirror *copies, char *region, int64_t bytes) {
  auto write = [&] { std::memset(region, 0, bytes); };
  if (copies)
    copies->overwrite(write);
  else
    write();
}

void dlcc_instance::clearWeights() {
  weights->markAbsent(model);
  clear(executor ? &weights->onDevice->mirror : nullptr, weights->block.data(),
        model.weight_bytes);
}

void dlcc_instance::clearState() {
  clear(executor ? &executor->stateMirror() : nullptr, state,
        model.state_bytes);
  calls = 0;
}

void dlcc_instance::clearTraining() {
  clear(executor ? &executor->optimizerMirror() : nullptr, optimizer,
        model.optimizer_bytes);
  clearState();
  steps.assign(model.num_entries, 0);
  uint64_t seed = position.seed;
  position = {};
  position.seed = seed;
}

/// What this version knows of the caller's options; what an older caller's
/// struct lacks is zero.
static dlcc_options readOptions(const dlcc_options *given, int32_t threads) {
  dlcc_options options{};
  if (given) {
    if (given->size < sizeof given->size)
      throw Failure(DLCC_INVALID_ARGUMENT,
                    "dlcc_options.size is not set to sizeof(dlcc_options)");
    std::memcpy(&options, given, std::min(given->size, sizeof options));
  }
  if (options.threads == 0)
    options.threads = threads > 0 ? threads : int32_t(coreCount());
  constexpr int32_t maxThreads = 4096;
  if (options.threads < 0 || options.threads > maxThreads)
    throw Failure(DLCC_INVALID_ARGUMENT, "options.threads is " +
                                             std::to_string(options.threads) +
                                             ", not a number of threads");
  if (!options.allocate != !options.deallocate)
    throw Failure(DLCC_INVALID_ARGUMENT,
                  "options.allocate and options.deallocate go together");
  if (options.steps_per_epoch < 0)
    throw Failure(DLCC_INVALID_ARGUMENT, "options.steps_per_epoch is negative");
  return options;
}

/// An object of another version is refused.
static void checkModel(const dlcc_model *model) {
  if (!model)
    throw Failure(DLCC_INVALID_ARGUMENT, "the model is a null pointer");
  if (model->abi_version != DLCC_ABI_VERSION ||
      model->size < sizeof(dlcc_model))
    throw Failure(DLCC_UNSUPPORTED,
                  "the object speaks version " +
                      std::to_string(model->abi_version) +
                      " of the binary interface, this runtime version " +
                      std::to_string(DLCC_ABI_VERSION));
}

dlcc_instance *dlcc_create(const dlcc_model *model,
                           const dlcc_options *options) {
  dlcc_instance *instance = nullptr;
  guarded([&] {
    checkModel(model);
    instance = new dlcc_instance(*model, chooseLevel(*model),
                                 readOptions(options, model->threads), nullptr);
  });
  return instance;
}

dlcc_instance *dlcc_create_shared(dlcc_instance *owner,
                                  const dlcc_options *options) {
  dlcc_instance *instance = nullptr;
  guarded([&] {
    if (!owner)
      throw Failure(DLCC_INVALID_ARGUMENT, "the instance is a null pointer");
    instance = new dlcc_instance(owner->model, owner->level,
                                 readOptions(options, owner->model.threads),
                                 owner->weights);
  });
  return instance;
}

void dlcc_destroy(dlcc_instance *instance) { delete instance; }

const dlcc_model *dlcc_get_model(const dlcc_instance *instance) {
  return &instance->model;
}

const dlcc_level *dlcc_get_level(const dlcc_instance *instance) {
  if (const auto &onDevice = instance->weights->onDevice)
    return &instance->model.levels[onDevice->module.level()];
  return &instance->level;
}
