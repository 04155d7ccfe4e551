//===- Run.cpp - calling the entry points of a model ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Instance.h"
#include "runtime/Status.h"
#include "runtime/Tensors.h"

#include <algorithm>
#include <string>

using namespace dlcc::rt;

static std::string quoted(const char *name) {
  return "'" + std::string(name) + "'";
}

static std::string indexError(const dlcc_tensor &input, int64_t row,
                              const std::string &value) {
  return "input " + quoted(input.name) + ", row " + std::to_string(row) +
         ": value " + value + " is outside [0, " + std::to_string(input.bound) +
         ")";
}

/// Every element lies in [0, bound). A negative number is a large unsigned
/// one, so one comparison an element does.
template <typename T>
static dlcc_status checkElements(const dlcc_tensor &input, const void *data,
                                 int64_t rows) {
  const T *elements = static_cast<const T *>(data);
  int64_t count = elementCount(input, rows);
  auto bound = static_cast<uint64_t>(input.bound);
  for (int64_t i = 0; i < count; ++i)
    if (static_cast<uint64_t>(elements[i]) >= bound) [[unlikely]]
      return fail(DLCC_OUT_OF_RANGE,
                  indexError(input,
                             input.row_elements ? i / input.row_elements : 0,
                             std::to_string(elements[i])));
  return DLCC_OK;
}

static dlcc_status checkBound(const dlcc_tensor &input, const void *data,
                              int64_t rows) {
  switch (input.type) {
  case DLCC_I8:
    return checkElements<int8_t>(input, data, rows);
  case DLCC_I16:
    return checkElements<int16_t>(input, data, rows);
  case DLCC_I32:
    return checkElements<int32_t>(input, data, rows);
  case DLCC_I64:
    return checkElements<int64_t>(input, data, rows);
  case DLCC_U8:
    return checkElements<uint8_t>(input, data, rows);
  case DLCC_U16:
    return checkElements<uint16_t>(input, data, rows);
  case DLCC_U32:
    return checkElements<uint32_t>(input, data, rows);
  case DLCC_U64:
    return checkElements<uint64_t>(input, data, rows);
  default:
    return DLCC_OK;
  }
}

/// What does not depend on the arguments' contents.
static dlcc_status checkCall(const dlcc_instance &instance,
                             const dlcc_entry &entry, int64_t rows) {
  const dlcc_model &model = instance.model;
  if (rows < 1 || rows > model.batch)
    return fail(DLCC_OUT_OF_RANGE,
                std::to_string(rows) + " rows given to " + quoted(entry.name) +
                    ", compiled for 1 to " + std::to_string(model.batch));
  if (entry.all_rows && rows != model.batch)
    return fail(DLCC_OUT_OF_RANGE,
                quoted(entry.name) + " mixes the rows of a batch and takes " +
                    "exactly " + std::to_string(model.batch) + ", not " +
                    std::to_string(rows));
  if (entry.kind == DLCC_ENTRY_TRAIN || entry.kind == DLCC_ENTRY_INIT) {
    if (instance.shared)
      return fail(DLCC_UNSUPPORTED,
                  quoted(entry.name) + " changes weights that this instance " +
                      "only shares; call it on the instance that owns them");
    if (model.needs_steps_per_epoch && !instance.stepsPerEpoch &&
        entry.kind == DLCC_ENTRY_TRAIN)
      return fail(DLCC_INVALID_ARGUMENT,
                  "the training block reads `epoch`, so create needs "
                  "options.steps_per_epoch");
  }
  bool needsWeights =
      entry.kind != DLCC_ENTRY_INIT && entry.kind != DLCC_ENTRY_REPORT;
  if (needsWeights && instance.weights->missing)
    return fail(DLCC_NO_WEIGHTS,
                "model " + quoted(model.name) + " has no weights yet: call " +
                    "init or load, or set each of its parameters");
  return DLCC_OK;
}

static dlcc_status checkInputs(const dlcc_entry &entry, int64_t rows,
                               void *const *args) {
  if (!args && entry.num_inputs + entry.num_outputs > 0)
    return fail(DLCC_INVALID_ARGUMENT, "the argument list is a null pointer");
  for (int32_t i = 0; i < entry.num_inputs; ++i)
    if (!args[i] && elementCount(entry.inputs[i]))
      return fail(DLCC_INVALID_ARGUMENT, "input " +
                                             quoted(entry.inputs[i].name) +
                                             " is a null pointer");
  for (int32_t i = 0; i < entry.num_inputs; ++i)
    if (entry.inputs[i].bound > 0)
      if (dlcc_status status = checkBound(entry.inputs[i], args[i], rows))
        return status;
  return DLCC_OK;
}

void dlcc_instance::enter(int32_t number, int64_t rows, void *const *given,
                          int64_t step, uint64_t seed) {
  dlcc_control scalars = {rows,
                          step,
                          std::max<int64_t>(stepsPerEpoch, 1),
                          static_cast<int64_t>(seed),
                          learningRateScale,
                          0,
                          0};
  if (executor) {
    executor->run(*this, number, rows, given, scalars);
    return;
  }
  const dlcc_entry &entry = model.entries[number];
  int64_t spill = entry.spill_offset;
  for (int32_t i = 0; i < entry.num_inputs + entry.num_outputs; ++i) {
    args[i] = given[i];
    if (given[i])
      continue;
    const dlcc_tensor &output = entry.outputs[i - entry.num_inputs];
    args[i] = arena + spill;
    spill += alignUp(elementCount(output) * elementBytes(output.type));
  }
  *control = scalars;
  dlcc_call call = {args.data(),  weights->block.data(),
                    optimizer,    state,
                    arena,        control,
                    this,         rows,
                    level.kernels};
  struct Context {
    dlcc_body body;
    const dlcc_call *call;
  } context = {entry.body, &call};
  team.call(
      [](const void *pointer) {
        const auto &context = *static_cast<const Context *>(pointer);
        context.body(context.call);
      },
      &context, alone[number]);
  // Task counts are constants, so the first call tells about all others.
  alone[number] = !team.takeSawTasks();
}

dlcc_status dlcc_run(dlcc_instance *instance, int32_t number, int64_t rows,
                     void *const *args) {
  if (!instance)
    return fail(DLCC_INVALID_ARGUMENT, "the instance is a null pointer");
  if (number < 0 || number >= instance->model.num_entries)
    return fail(DLCC_INVALID_ARGUMENT,
                "the model has no entry number " + std::to_string(number));
  const dlcc_entry &entry = instance->model.entries[number];
  if (dlcc_status status = checkCall(*instance, entry, rows))
    return status;
  if (dlcc_status status = checkInputs(entry, rows, args))
    return status;
  return guarded([&] {
    dlcc_position &position = instance->position;
    if (entry.kind != DLCC_ENTRY_TRAIN) {
      instance->enter(number, rows, args, instance->calls++, position.seed);
      return;
    }
    int64_t &steps = instance->steps[number];
    instance->enter(number, rows, args, steps, position.seed);
    position.step = std::max(position.step, ++steps);
  });
}

void dlcc_run_kernel(const dlcc_call *call, dlcc_kernel kernel,
                     void *const *buffers, int64_t tasks) {
  dlcc_instance &instance = *call->instance;
  instance.team.run({kernel, buffers, call->rows, tasks, instance.scratch,
                     alignUp(instance.model.scratch_bytes)});
}

void dlcc_run_device_kernel(const dlcc_call *call, int32_t kernel,
                            void *const *buffers) {
  call->instance->executor->launch(kernel, buffers, call->rows);
}
