//===- Checkpoints.cpp - an instance to a file and back -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Instance.h"
#include "runtime/Status.h"
#include "runtime/TensorFile.h"
#include "runtime/Tensors.h"

using namespace dlcc::rt;

namespace {

/// What a weights file holds, and what a checkpoint does.
bool inWeightsFile(const dlcc_variable &variable) { return isWeight(variable); }
bool inCheckpoint(const dlcc_variable &) { return true; }

void checkPointers(const dlcc_instance *instance, const char *path) {
  if (!instance || !path)
    throw Failure(DLCC_INVALID_ARGUMENT, "a null pointer was given");
}

bool sameType(const StoredTensor &stored, const dlcc_tensor &tensor) {
  return stored.type == tensor.type &&
         stored.dims ==
             std::vector<int64_t>(tensor.dims, tensor.dims + tensor.rank);
}

/// One sentence about everything that the model wants and the file lacks or
/// has otherwise; "" where all fits.
std::string differences(const dlcc_model &model, const TensorFile &file,
                        bool (*wanted)(const dlcc_variable &)) {
  std::string text;
  for (int32_t i = 0; i < model.num_variables; ++i) {
    const dlcc_variable &variable = model.variables[i];
    if (!wanted(variable))
      continue;
    const StoredTensor *stored = file.find(variable.tensor.name);
    if (stored && sameType(*stored, variable.tensor))
      continue;
    text += text.empty() ? "" : "; ";
    text += "'" + std::string(variable.tensor.name) + "' is " +
            typeText(variable.tensor) + " in the model and " +
            (stored ? typeText(stored->type, stored->dims) : "missing") +
            " in the file";
  }
  return text;
}

/// Names of tensors that the model has no place for, as a note to the log.
void noteSurplus(const dlcc_instance &instance, const TensorFile &file) {
  std::string names;
  for (const StoredTensor &stored : file.tensors)
    if (!instance.find(stored.name.c_str()))
      names += (names.empty() ? "'" : ", '") + stored.name + "'";
  if (!names.empty())
    instance.note("'" + file.path + "' also holds " + names +
                  ", which the model does not use");
}

/// Checks everything first, then reads into place.
void readVariables(dlcc_instance &instance, const TensorFile &file,
                   bool (*wanted)(const dlcc_variable &)) {
  const dlcc_model &model = instance.model;
  if (instance.shared)
    throw Failure(DLCC_UNSUPPORTED, "this instance shares its weights; load on "
                                    "the instance that owns them");
  if (std::string text = differences(model, file, wanted); !text.empty())
    throw Failure(DLCC_MISMATCH, "'" + file.path + "' does not fit model '" +
                                     model.name + "': " + text);
  auto each = [&](auto &&action) {
    for (int32_t i = 0; i < model.num_variables; ++i)
      if (wanted(model.variables[i]))
        action(i, *file.find(model.variables[i].tensor.name));
  };
  each([&](int32_t, const StoredTensor &stored) { file.verify(stored); });
  noteSurplus(instance, file);
  each([&](int32_t i, const StoredTensor &stored) {
    instance.change(model.variables[i],
                    [&](char *elements) { file.read(stored, elements); });
    if (isWeight(model.variables[i]))
      instance.weights->markPresent(i);
  });
  instance.weights->vocabulary = file.vocabulary;
}

void writeVariables(const dlcc_instance &instance, const char *path,
                    bool (*wanted)(const dlcc_variable &),
                    const TrainingRecord *training) {
  const dlcc_model &model = instance.model;
  if (instance.weights->missing)
    throw Failure(DLCC_NO_WEIGHTS, std::string("model '") + model.name +
                                       "' has no weights to save yet");
  std::vector<TensorToWrite> tensors;
  for (int32_t i = 0; i < model.num_variables; ++i)
    if (const dlcc_variable &variable = model.variables[i]; wanted(variable))
      tensors.push_back({&variable.tensor, variable.kind,
                         instance.read(variable), variable.bytes});
  writeTensorFile(path, model.name, model.hash, tensors,
                  instance.weights->vocabulary, training);
}

/// The numbers of the entries that train.
std::vector<int32_t> trainingEntries(const dlcc_model &model) {
  std::vector<int32_t> entries;
  for (int32_t i = 0; i < model.num_entries; ++i)
    if (model.entries[i].kind == DLCC_ENTRY_TRAIN)
      entries.push_back(i);
  return entries;
}

} // namespace

dlcc_status dlcc_save(dlcc_instance *instance, const char *path) {
  return guarded([&] {
    checkPointers(instance, path);
    writeVariables(*instance, path, inWeightsFile, nullptr);
  });
}

dlcc_status dlcc_save_checkpoint(dlcc_instance *instance, const char *path) {
  return guarded([&] {
    checkPointers(instance, path);
    TrainingRecord training = {instance->position, {}};
    for (int32_t entry : trainingEntries(instance->model))
      training.steps.push_back(instance->steps[entry]);
    writeVariables(*instance, path, inCheckpoint, &training);
  });
}

dlcc_status dlcc_load(dlcc_instance *instance, const char *path) {
  return guarded([&] {
    checkPointers(instance, path);
    readVariables(*instance, TensorFile(path), inWeightsFile);
    for (int32_t i = 0; i < instance->model.num_variables; ++i)
      instance->restartAverage(instance->model.variables[i]);
  });
}

dlcc_status dlcc_load_checkpoint(dlcc_instance *instance, const char *path) {
  return guarded([&] {
    checkPointers(instance, path);
    TensorFile file(path);
    if (!file.training)
      throw Failure(DLCC_MISMATCH, "'" + file.path +
                                       "' holds weights only; a checkpoint "
                                       "also says where training stood");
    std::vector<int32_t> entries = trainingEntries(instance->model);
    std::vector<int64_t> steps = file.training->steps;
    if (steps.empty())
      steps.assign(entries.size(), file.training->position.step);
    if (steps.size() != entries.size())
      throw Failure(DLCC_MISMATCH, "'" + file.path + "' was written with " +
                                       std::to_string(steps.size()) +
                                       " training blocks, the model has " +
                                       std::to_string(entries.size()));
    readVariables(*instance, file, inCheckpoint);
    if (file.hash != instance->model.hash)
      instance->note("'" + file.path +
                     "' was written by another version of "
                     "model '" +
                     instance->model.name + "'; it fits, and is used");
    instance->position = file.training->position;
    for (size_t i = 0; i < entries.size(); ++i)
      instance->steps[entries[i]] = steps[i];
    instance->calls = 0;
  });
}
