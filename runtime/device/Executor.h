//===- Executor.h - runs an instance's entries on a GPU ---------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All work of a call of an entry is one CUDA graph, captured when the entry is
// first called with so many rows: copies of control and inputs go before it,
// that of the outputs behind. Memory is taken once:
//
//   device  optimizer | state | arena | workspace | control | inputs | outputs
//   pinned                                          control | inputs | outputs
//
// The weights lie apart, since instances share them.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_DEVICE_EXECUTOR_H
#define DLCC_RUNTIME_DEVICE_EXECUTOR_H

#include "dlcc/abi.h"
#include "runtime/device/KernelClock.h"
#include "runtime/device/Mirror.h"
#include "runtime/device/Module.h"

#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace dlcc::rt::device {

/// The parameters and buffers of a model on the device, with its code.
struct DeviceWeights {
  /// `host`: the instance's own copy.
  DeviceWeights(const dlcc_model &model, char *host)
      : module(model), memory(module.device(), model.weight_bytes),
        mirror(module.device(), host, memory.address(), model.weight_bytes) {}

  Module module;
  DeviceMemory memory;
  Mirror mirror;
};

class Executor {
public:
  /// `optimizer` and `state`: the host's copies. `weights` lives longer.
  Executor(const dlcc_model &model, DeviceWeights &weights, char *optimizer,
           char *state);
  ~Executor();
  Executor(const Executor &) = delete;
  Executor &operator=(const Executor &) = delete;

  /// Runs an entry and waits for it. `args` are the caller's arrays: inputs,
  /// then outputs, of which some may be null.
  void run(dlcc_instance &instance, int32_t entry, int64_t rows,
           void *const *args, const dlcc_control &control);

  /// Seconds that the device takes for an entry's graph, from its beginning to
  /// its end, without the copies of a call; over what the last call has left.
  double timeGraph(dlcc_instance &instance, int32_t entry, int64_t rows);
  /// The same of each kernel that the entry runs, launched one by one.
  std::vector<KernelTime> timeKernels(dlcc_instance &instance, int32_t entry,
                                      int64_t rows);

  /// Called by the body that is captured, or timed.
  void launch(int32_t kernel, void *const *buffers, int64_t rows);

  Mirror &optimizerMirror() { return *optimizer; }
  Mirror &stateMirror() { return *state; }

private:
  /// What a call of an entry with so many rows does.
  struct Graph {
    int32_t entry;
    int64_t rows;
    GraphExecHandle handle;
  };
  /// A launch that the driver refused.
  struct Refusal {
    int32_t kernel;
    Result result;
  };

  void layOut();
  const Device &device() const { return weights.module.device(); }
  const Driver &driver() const { return device().driver(); }
  void callBody(dlcc_instance &instance, int32_t entry, int64_t rows);
  void checkLaunches();
  GraphExecHandle graphFor(dlcc_instance &instance, int32_t entry,
                           int64_t rows);
  GraphExecHandle capture(dlcc_instance &instance, int32_t entry, int64_t rows);
  int64_t fill(const dlcc_entry &entry, int64_t rows, void *const *args,
               const dlcc_control &control);
  void copyOutputs(const dlcc_entry &entry, int64_t rows, void *const *args);
  void sendVariables();
  void markChanged(const dlcc_entry &entry);
  Result queue(const dlcc_entry &entry, int64_t rows, void *const *args,
               GraphExecHandle graph, int64_t used);

  const dlcc_model &model;
  DeviceWeights &weights;

  // Offsets from the beginning of the device's memory. Inputs and outputs of
  // an entry lie one behind the other.
  int64_t stateAt = 0, arenaAt = 0, workspaceAt = 0, controlAt = 0;
  int64_t inputsAt = 0, outputsAt = 0, bytes = 0;
  std::optional<DeviceMemory> memory;
  std::optional<PinnedMemory> pinned; ///< from the control block on
  std::optional<Mirror> optimizer, state;

  StreamHandle stream = nullptr;
  std::list<Graph> graphs; ///< the latest first
  std::vector<void *> parameters;
  std::optional<Refusal> refusal; ///< of the body that is captured
  KernelClock *clock = nullptr;   ///< of the body whose kernels are timed
};

} // namespace dlcc::rt::device

#endif // DLCC_RUNTIME_DEVICE_EXECUTOR_H
