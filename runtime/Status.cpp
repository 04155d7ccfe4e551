//===- Status.cpp - the text behind dlcc_last_error -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Status.h"

namespace {
/// The one variable outside of instances: C callers need a place to look.
thread_local std::string lastError;
} // namespace

dlcc_status dlcc::rt::fail(dlcc_status status, const std::string &sentence) {
  try {
    lastError = sentence;
  } catch (const std::bad_alloc &) {
    lastError.clear();
  }
  return status;
}

const char *dlcc_last_error(void) { return lastError.c_str(); }
