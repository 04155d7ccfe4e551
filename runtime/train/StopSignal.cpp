//===- StopSignal.cpp - asking a training program to stop -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/train/StopSignal.h"

#include <csignal>

// A signal handler can reach nothing but a global. This one belongs to the
// training program, which is a process of its own.
static volatile std::sig_atomic_t caught = 0;

extern "C" void dlccStopHandler(int signal);
void dlccStopHandler(int signal) { caught = signal; }

void dlcc::train::catchStopSignals() {
  struct sigaction action = {};
  action.sa_handler = dlccStopHandler;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int dlcc::train::stopSignal() { return caught; }
