//===- Fiber.cpp - threads that are switched by hand ----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fiber.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

using namespace dlcc::emulator;

Stacks::Stacks(unsigned count) : count(count) {
  auto page = size_t(sysconf(_SC_PAGESIZE));
  step = kBytes + page;
  void *mapped = mmap(nullptr, step * count, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) {
    std::perror("stacks of the emulator");
    std::abort();
  }
  memory = static_cast<char *>(mapped);
  for (unsigned i = 0; i < count; ++i)
    mprotect(memory + i * step, page, PROT_NONE);
}

Stacks::~Stacks() { munmap(memory, step * count); }

#if defined(__x86_64__)

// Saves what the System V ABI has a callee keep, and takes it from the other
// stack. The rounding mode is the same everywhere, so it stays.
extern "C" void dlcc_emulator_change(void **from, void *to);
// Where a new fiber begins: calls r12 with r13.
extern "C" void dlcc_emulator_begin();
asm(R"(
  .text
  .globl dlcc_emulator_change
dlcc_emulator_change:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .globl dlcc_emulator_begin
dlcc_emulator_begin:
  movq %r13, %rdi
  callq *%r12
  ud2
)");

void Fiber::start(char *stack, void (*entry)(void *), void *argument) {
  // From the top: two words that keep the alignment, where to return to, and
  // the six registers in the order in which they are popped.
  auto *top = reinterpret_cast<uint64_t *>(stack + Stacks::kBytes) - 9;
  top[0] = top[1] = 0;                           // r15, r14
  top[2] = reinterpret_cast<uint64_t>(argument); // r13
  top[3] = reinterpret_cast<uint64_t>(entry);    // r12
  top[4] = top[5] = 0;                           // rbx, rbp
  top[6] = reinterpret_cast<uint64_t>(&dlcc_emulator_begin);
  top[7] = top[8] = 0;
  stackPointer = top;
}

void Fiber::change(Fiber &from, Fiber &to) {
  dlcc_emulator_change(&from.stackPointer, to.stackPointer);
}

#else

static void begin(unsigned high, unsigned low, unsigned argumentHigh,
                  unsigned argumentLow) {
  auto join = [](unsigned high, unsigned low) {
    return uintptr_t(uint64_t(high) << 32 | low);
  };
  reinterpret_cast<void (*)(void *)>(join(high, low))(
      reinterpret_cast<void *>(join(argumentHigh, argumentLow)));
}

void Fiber::start(char *stack, void (*entry)(void *), void *argument) {
  getcontext(context.get());
  context->uc_stack.ss_sp = stack;
  context->uc_stack.ss_size = Stacks::kBytes;
  context->uc_link = nullptr;
  uint64_t function = reinterpret_cast<uintptr_t>(entry);
  uint64_t value = reinterpret_cast<uintptr_t>(argument);
  // makecontext hands on ints only.
  makecontext(context.get(), reinterpret_cast<void (*)()>(begin), 4,
              unsigned(function >> 32), unsigned(function),
              unsigned(value >> 32), unsigned(value));
}

void Fiber::change(Fiber &from, Fiber &to) {
  swapcontext(from.context.get(), to.context.get());
}

#endif
