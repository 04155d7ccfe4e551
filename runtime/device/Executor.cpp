//===- Executor.cpp - runs an instance's entries on a GPU -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/device/Executor.h"

#include "runtime/Status.h"
#include "runtime/Tensors.h"

#include <algorithm>
#include <cstring>

using namespace dlcc::rt;
using namespace dlcc::rt::device;

/// Graphs are kept for so many pairs of entry and rows; programs have a full
/// batch and a last one, servers as many as they have requests.
static constexpr size_t kMostGraphs = 32;

/// The bytes of a tensor with the compiled batch, as far as the next one.
static int64_t placeFor(const dlcc_tensor &tensor) {
  return alignForDevice(elementCount(tensor) * elementBytes(tensor.type));
}

static int64_t placesFor(const dlcc_tensor *tensors, int32_t count) {
  int64_t sum = 0;
  for (int32_t i = 0; i < count; ++i)
    sum += placeFor(tensors[i]);
  return sum;
}

static int64_t bytesOf(const dlcc_tensor &tensor, int64_t rows) {
  return elementCount(tensor, rows) * elementBytes(tensor.type);
}

Executor::Executor(const dlcc_model &model, DeviceWeights &weights,
                   char *hostOptimizer, char *hostState)
    : model(model), weights(weights) {
  layOut();
  const Device &device = weights.module.device();
  memory.emplace(device, bytes);
  pinned.emplace(device, bytes - controlAt);
  optimizer.emplace(device, hostOptimizer, memory->address(),
                    model.optimizer_bytes);
  state.emplace(device, hostState, memory->address() + stateAt,
                model.state_bytes);
  Current current(device);
  driver().check(driver().cuStreamCreate(&stream, kNonBlockingStream),
                 "to make a stream");
}

Executor::~Executor() {
  weights.module.device().release([&] {
    for (Graph &graph : graphs)
      driver().cuGraphExecDestroy(graph.handle);
    driver().cuStreamDestroy(stream);
  });
}

void Executor::layOut() {
  int64_t inputs = 0, outputs = 0;
  for (int32_t i = 0; i < model.num_entries; ++i) {
    const dlcc_entry &entry = model.entries[i];
    inputs = std::max(inputs, placesFor(entry.inputs, entry.num_inputs));
    outputs = std::max(outputs, placesFor(entry.outputs, entry.num_outputs));
  }
  auto take = [&](int64_t size) {
    int64_t place = bytes;
    bytes += alignForDevice(size);
    return place;
  };
  take(model.optimizer_bytes);
  stateAt = take(model.state_bytes);
  arenaAt = take(model.arena_bytes);
  workspaceAt = take(model.scratch_bytes);
  controlAt = take(sizeof(dlcc_control));
  inputsAt = take(inputs);
  outputsAt = take(outputs);
  int32_t mostBuffers = 0;
  const dlcc_device &code = *model.devices;
  for (int64_t i = 0; i < code.num_kernels; ++i)
    mostBuffers = std::max(mostBuffers, code.kernels[i].num_buffers);
  parameters.resize(mostBuffers + 2 + DLCC_MOST_MAPS);
}

/// An exception could not pass through compiled code, so what the driver
/// refuses is kept until the body has returned.
void Executor::launch(int32_t kernel, void *const *buffers, int64_t rows) {
  if (refusal)
    return;
  int32_t count = model.devices->kernels[kernel].num_buffers;
  Address workspace = memory->address() + workspaceAt;
  auto givenRows = static_cast<int32_t>(rows);
  for (int32_t i = 0; i < count; ++i)
    parameters[i] = const_cast<void **>(&buffers[i]);
  parameters[count] = &workspace;
  parameters[count + 1] = &givenRows;
  if (clock)
    clock->start(kernel);
  Result result =
      weights.module.launch(kernel, parameters.data(), rows, stream);
  if (clock)
    clock->stop();
  if (result != kSuccess)
    refusal = {kernel, result};
}

void Executor::checkLaunches() {
  if (!refusal)
    return;
  const dlcc_device_kernel &kernel = weights.module.kernel(refusal->kernel);
  driver().check(refusal->result, "to launch the kernel '" +
                                      std::string(kernel.launches->function) +
                                      "'");
}

static char *pointerTo(Address address) {
  return reinterpret_cast<char *>(address);
}

/// Has the entry's body put its kernels into the stream, as far as the driver
/// takes them.
void Executor::callBody(dlcc_instance &instance, int32_t number, int64_t rows) {
  const dlcc_entry &entry = model.entries[number];
  Address begin = memory->address();
  std::vector<void *> args;
  Address place = begin + inputsAt;
  for (int32_t i = 0; i < entry.num_inputs; ++i) {
    args.push_back(pointerTo(place));
    place += placeFor(entry.inputs[i]);
  }
  place = begin + outputsAt;
  for (int32_t i = 0; i < entry.num_outputs; ++i) {
    args.push_back(pointerTo(place));
    place += placeFor(entry.outputs[i]);
  }
  dlcc_call call = {
      args.data(),
      pointerTo(weights.memory.address()),
      pointerTo(begin),
      pointerTo(begin + stateAt),
      pointerTo(begin + arenaAt),
      reinterpret_cast<dlcc_control *>(pointerTo(begin + controlAt)),
      &instance,
      rows,
      nullptr};
  refusal.reset();
  entry.body(&call);
}

GraphExecHandle Executor::capture(dlcc_instance &instance, int32_t number,
                                  int64_t rows) {
  std::string doing =
      "to prepare '" + std::string(model.entries[number].name) + "' as a graph";
  driver().check(driver().cuStreamBeginCapture(stream, kCaptureThreadLocal),
                 doing);
  callBody(instance, number, rows);
  GraphHandle graph = nullptr;
  Result captured = driver().cuStreamEndCapture(stream, &graph);
  if (refusal && graph)
    driver().cuGraphDestroy(graph);
  checkLaunches();
  driver().check(captured, doing);
  GraphExecHandle executable = nullptr;
  Result made = driver().cuGraphInstantiate(&executable, graph, /*flags=*/0);
  driver().cuGraphDestroy(graph);
  driver().check(made, doing);
  return executable;
}

GraphExecHandle Executor::graphFor(dlcc_instance &instance, int32_t entry,
                                   int64_t rows) {
  auto found = std::find_if(graphs.begin(), graphs.end(), [&](Graph &graph) {
    return graph.entry == entry && graph.rows == rows;
  });
  if (found != graphs.end()) {
    graphs.splice(graphs.begin(), graphs, found);
    return found->handle;
  }
  if (graphs.size() == kMostGraphs) {
    driver().cuGraphExecDestroy(graphs.back().handle);
    graphs.pop_back();
  }
  graphs.push_front({entry, rows, capture(instance, entry, rows)});
  return graphs.front().handle;
}

/// Puts control block and inputs where the device copies them from; how many
/// bytes that are.
int64_t Executor::fill(const dlcc_entry &entry, int64_t rows, void *const *args,
                       const dlcc_control &control) {
  std::memcpy(pinned->data(), &control, sizeof control);
  int64_t used = sizeof control, place = inputsAt - controlAt;
  for (int32_t i = 0; i < entry.num_inputs; ++i) {
    int64_t size = bytesOf(entry.inputs[i], rows);
    std::memcpy(pinned->data() + place, args[i], size);
    used = place + size;
    place += placeFor(entry.inputs[i]);
  }
  return used;
}

void Executor::copyOutputs(const dlcc_entry &entry, int64_t rows,
                           void *const *args) {
  const char *place = pinned->data() + outputsAt - controlAt;
  for (int32_t i = 0; i < entry.num_outputs; ++i) {
    if (void *out = args[entry.num_inputs + i])
      std::memcpy(out, place, bytesOf(entry.outputs[i], rows));
    place += placeFor(entry.outputs[i]);
  }
}

/// The device gets what the host has newer.
void Executor::sendVariables() {
  weights.mirror.send();
  optimizer->send();
  state->send();
}

void Executor::markChanged(const dlcc_entry &entry) {
  if (entry.kind == DLCC_ENTRY_INIT || entry.kind == DLCC_ENTRY_TRAIN) {
    weights.mirror.changeOnDevice();
    optimizer->changeOnDevice();
  }
  state->changeOnDevice();
}

/// Puts a call's work into the stream, as far as the driver takes it: the graph
/// with the copy of `used` bytes of control block and inputs before it, and
/// behind it that of the outputs between the first and the last that is wanted.
Result Executor::queue(const dlcc_entry &entry, int64_t rows, void *const *args,
                       GraphExecHandle graph, int64_t used) {
  Address begin = memory->address();
  if (Result result = driver().cuMemcpyHtoDAsync(begin + controlAt,
                                                 pinned->data(), used, stream))
    return result;
  if (Result result = driver().cuGraphLaunch(graph, stream))
    return result;
  int64_t first = -1, last = 0, place = outputsAt;
  for (int32_t i = 0; i < entry.num_outputs; ++i) {
    if (args[entry.num_inputs + i]) {
      first = first < 0 ? place : first;
      last = place + bytesOf(entry.outputs[i], rows);
    }
    place += placeFor(entry.outputs[i]);
  }
  if (first < 0)
    return kSuccess;
  return driver().cuMemcpyDtoHAsync(pinned->data() + first - controlAt,
                                    begin + first, last - first, stream);
}

void Executor::run(dlcc_instance &instance, int32_t number, int64_t rows,
                   void *const *args, const dlcc_control &control) {
  const dlcc_entry &entry = model.entries[number];
  Current current(weights.module.device());
  GraphExecHandle graph = graphFor(instance, number, rows);
  sendVariables();
  int64_t used = fill(entry, rows, args, control);
  Result queued = queue(entry, rows, args, graph, used);
  // Also where some was refused: what is in the stream uses pinned memory and
  // variables, which the next call and other instances may change.
  Result done = driver().cuStreamSynchronize(stream);
  markChanged(entry);
  std::string doing = "in '" + std::string(entry.name) + "'";
  driver().check(queued, doing);
  driver().check(done, doing);
  copyOutputs(entry, rows, args);
}

double Executor::timeGraph(dlcc_instance &instance, int32_t number,
                           int64_t rows) {
  std::string doing =
      "to time '" + std::string(model.entries[number].name) + "'";
  Current current(device());
  GraphExecHandle graph = graphFor(instance, number, rows);
  sendVariables();
  Event begin(driver()), end(driver());
  begin.record(stream);
  Result launched = driver().cuGraphLaunch(graph, stream);
  end.record(stream);
  Result done = driver().cuStreamSynchronize(stream);
  markChanged(model.entries[number]);
  driver().check(launched, doing);
  driver().check(done, doing);
  return end.secondsSince(begin);
}

std::vector<KernelTime> Executor::timeKernels(dlcc_instance &instance,
                                              int32_t number, int64_t rows) {
  Current current(device());
  sendVariables();
  KernelClock kernelClock(driver(), stream);
  clock = &kernelClock;
  callBody(instance, number, rows);
  clock = nullptr;
  Result done = driver().cuStreamSynchronize(stream);
  markChanged(model.entries[number]);
  checkLaunches();
  driver().check(done, "to time the kernels of '" +
                           std::string(model.entries[number].name) + "'");
  return kernelClock.times();
}
