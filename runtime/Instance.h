//===- Instance.h - what NAME_create makes --------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_INSTANCE_H
#define DLCC_RUNTIME_INSTANCE_H

#include "runtime/Team.h"
#include "runtime/device/Executor.h"

#include <memory>
#include <string>
#include <vector>

namespace dlcc::rt {

/// Memory from the caller's allocator, or the system's; aligned to 64.
class Block {
public:
  Block(const dlcc_options &options, int64_t bytes);
  ~Block();
  Block(const Block &) = delete;
  Block &operator=(const Block &) = delete;

  char *data() const { return memory; }

private:
  void *user;
  void (*deallocate)(void *, void *, size_t);
  char *memory;
  int64_t bytes;
};

/// Parameters and buffers: what instances made with create_shared share.
struct Weights {
  Weights(const dlcc_model &model, const dlcc_options &options);

  Block block;
  /// The copy on a GPU where the model runs there; else null.
  std::unique_ptr<device::DeviceWeights> onDevice;
  std::vector<bool> present; ///< by number of the variable
  int64_t missing;           ///< how many of them are not
  /// What indices stand for where the model was trained on text; else empty.
  std::vector<std::string> vocabulary;

  void markPresent(size_t variable);
  void markAbsent(const dlcc_model &model);
};

/// Whether a variable lies in the weights, so in weights files too.
inline bool isWeight(const dlcc_variable &variable) {
  return variable.kind == DLCC_PARAMETER || variable.kind == DLCC_BUFFER;
}

} // namespace dlcc::rt

struct dlcc_instance {
  dlcc_instance(const dlcc_model &model, const dlcc_level &level,
                const dlcc_options &options,
                std::shared_ptr<dlcc::rt::Weights> sharedWeights);

  /// A variable's elements.
  const char *read(const dlcc_variable &variable) const;
  /// Copies them to `out`; other instances may run meanwhile.
  void copy(const dlcc_variable &variable, void *out) const;
  /// Calls `write` with the address of a variable's elements, to change them.
  template <typename Write>
  void change(const dlcc_variable &variable, Write write) {
    char *elements = region(variable) + variable.offset;
    if (dlcc::rt::device::Mirror *copies = mirror(variable))
      copies->change([&] { write(elements); });
    else
      write(elements);
  }
  const dlcc_variable *find(const char *name) const;
  /// Where training follows a parameter apart from its average, lets it go on
  /// from the parameter's value, which somebody has set.
  void restartAverage(const dlcc_variable &parameter);
  /// Says something to the caller's log, if there is one.
  void note(const std::string &message) const;
  /// Runs an entry without any check and without counting it.
  void enter(int32_t entry, int64_t rows, void *const *args, int64_t step,
             uint64_t seed);
  /// Fresh optimizer, state and counters, as after create.
  void clearTraining();
  void clearState();
  /// All of them zero, and none present.
  void clearWeights();

  const dlcc_model &model;
  const dlcc_level &level; ///< the code that runs, unless a GPU's does
  dlcc_options options;    ///< sanitised: threads >= 1, absent fields zero
  bool shared;             ///< the weights are another instance's
  std::shared_ptr<dlcc::rt::Weights> weights;
  dlcc::rt::Block block; ///< everything else, in the order of the pointers
  char *optimizer, *state;
  char *arena;           ///< this and the next two: null where a GPU runs
  dlcc_control *control; ///< the model
  char *scratch;
  /// What runs the model on a GPU; null where this processor does.
  std::unique_ptr<dlcc::rt::device::Executor> executor;
  dlcc::rt::Team team;
  std::vector<void *> args; ///< of the longest entry; null outputs replaced
  std::vector<char> alone;  ///< by entry: no kernel of it has several tasks

  int64_t calls = 0;          ///< of inference entries
  std::vector<int64_t> steps; ///< done, by number of the training entry
  float learningRateScale = 1.0f;
  int64_t stepsPerEpoch;
  dlcc_position position{}; ///< with the seed, and the most of `steps`

private:
  char *region(const dlcc_variable &variable) const;
  /// Of the variable's region; null where the model runs here.
  dlcc::rt::device::Mirror *mirror(const dlcc_variable &variable) const;
};

#endif // DLCC_RUNTIME_INSTANCE_H
