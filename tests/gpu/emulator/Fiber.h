//===- Fiber.h - threads that are switched by hand --------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_GPU_EMULATOR_FIBER_H
#define DLCC_TESTS_GPU_EMULATOR_FIBER_H

#include <cstddef>
#include <memory>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace dlcc::emulator {

/// Stacks of equal size, each below a page that faults.
class Stacks {
public:
  static constexpr size_t kBytes = 64 << 10;

  explicit Stacks(unsigned count);
  ~Stacks();
  Stacks(const Stacks &) = delete;
  Stacks &operator=(const Stacks &) = delete;

  /// The lowest usable byte of stack `index`; kBytes follow.
  char *stack(unsigned index) const {
    return memory + (index + 1) * step - kBytes;
  }
  unsigned size() const { return count; }

private:
  char *memory;
  unsigned count;
  /// From one stack to the next: kBytes and a page.
  size_t step;
};

/// A flow of control with a stack of its own. On x86-64 a switch is a dozen
/// instructions; elsewhere it is ucontext's, which calls the system.
class Fiber {
public:
  /// The next switch to this fiber calls entry(argument), which never returns.
  void start(char *stack, void (*entry)(void *), void *argument);

  /// Goes on with `to`; returns when something switches back to `from`.
  static void change(Fiber &from, Fiber &to);

private:
#if defined(__x86_64__)
  void *stackPointer = nullptr;
#else
  std::unique_ptr<ucontext_t> context = std::make_unique<ucontext_t>();
#endif
};

} // namespace dlcc::emulator

#endif // DLCC_TESTS_GPU_EMULATOR_FIBER_H
