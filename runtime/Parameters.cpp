//===- Parameters.cpp - weights one by one, and where training stands -----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Instance.h"
#include "runtime/Status.h"
#include "runtime/Tensors.h"

#include <cmath>
#include <cstring>

using namespace dlcc::rt;

/// The parameter of that name if an array of `bytes` bytes fits it.
static const dlcc_variable &lookUp(const dlcc_instance *instance,
                                   const char *name, const void *array,
                                   size_t bytes) {
  if (!instance || !name || !array)
    throw Failure(DLCC_INVALID_ARGUMENT, "a null pointer was given");
  const dlcc_variable *variable = instance->find(name);
  if (!variable)
    throw Failure(DLCC_NOT_FOUND, std::string("model '") +
                                      instance->model.name +
                                      "' has no parameter '" + name + "'");
  if (bytes != static_cast<size_t>(variable->bytes))
    throw Failure(DLCC_INVALID_ARGUMENT,
                  std::string("parameter '") + name + "' is " +
                      typeText(variable->tensor) + " of " +
                      std::to_string(variable->bytes) + " bytes, not " +
                      std::to_string(bytes));
  return *variable;
}

dlcc_status dlcc_get_parameter(dlcc_instance *instance, const char *name,
                               void *out, size_t bytes) {
  return guarded([&] {
    const dlcc_variable &variable = lookUp(instance, name, out, bytes);
    if (isWeight(variable) &&
        !instance->weights->present[&variable - instance->model.variables])
      throw Failure(DLCC_NO_WEIGHTS, std::string("parameter '") + name +
                                         "' has no value yet: call init or "
                                         "load, or set it");
    instance->copy(variable, out);
  });
}

dlcc_status dlcc_set_parameter(dlcc_instance *instance, const char *name,
                               const void *in, size_t bytes) {
  return guarded([&] {
    const dlcc_variable &variable = lookUp(instance, name, in, bytes);
    if (isWeight(variable) && instance->shared)
      throw Failure(DLCC_UNSUPPORTED,
                    "this instance shares its weights; set them on the "
                    "instance that owns them");
    instance->change(variable,
                     [&](char *elements) { std::memcpy(elements, in, bytes); });
    if (isWeight(variable))
      instance->weights->markPresent(&variable - instance->model.variables);
    instance->restartAverage(variable);
  });
}

dlcc_status dlcc_init(dlcc_instance *instance, uint64_t seed) {
  if (!instance)
    return fail(DLCC_INVALID_ARGUMENT, "the instance is a null pointer");
  const dlcc_model &model = instance->model;
  if (instance->shared)
    return fail(DLCC_UNSUPPORTED, "this instance shares its weights; call init "
                                  "on the instance that owns them");
  int32_t entry = 0;
  while (entry < model.num_entries &&
         model.entries[entry].kind != DLCC_ENTRY_INIT)
    ++entry;
  if (entry == model.num_entries)
    return fail(DLCC_UNSUPPORTED, std::string("model '") + model.name +
                                      "' was compiled without initial values");
  return guarded([&] {
    // The weights are absent until all of it has gone well.
    instance->clearTraining();
    instance->clearWeights();
    instance->enter(entry, model.batch, nullptr, 0,
                    seed ? seed : instance->options.seed);
    for (int32_t i = 0; i < model.num_variables; ++i)
      if (isWeight(model.variables[i]))
        instance->weights->markPresent(i);
  });
}

dlcc_status dlcc_set_learning_rate_scale(dlcc_instance *instance, float scale) {
  if (!instance)
    return fail(DLCC_INVALID_ARGUMENT, "the instance is a null pointer");
  if (!std::isfinite(scale) || scale < 0)
    return fail(DLCC_INVALID_ARGUMENT,
                "a learning rate's scale is a number of at least 0");
  instance->learningRateScale = scale;
  return DLCC_OK;
}

void dlcc_reset_state(dlcc_instance *instance) { instance->clearState(); }

void dlcc_get_position(const dlcc_instance *instance, dlcc_position *position) {
  *position = instance->position;
}

void dlcc_set_position(dlcc_instance *instance, const dlcc_position *position) {
  if (position->step != instance->position.step)
    instance->steps.assign(instance->steps.size(), position->step);
  instance->position = *position;
}

void dlcc_set_steps_per_epoch(dlcc_instance *instance, int64_t steps) {
  instance->stepsPerEpoch = steps;
}
