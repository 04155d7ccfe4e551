//===- Status.h - how calls of the runtime fail ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every function of the C face that can fail ends in `return fail(...)` or
// DLCC_OK. Code behind it that is many calls deep (files) throws Failure, and
// `guarded` turns that into a status at the face; no exception leaves it.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_STATUS_H
#define DLCC_RUNTIME_STATUS_H

#include "dlcc/runtime.h"

#include <new>
#include <stdexcept>
#include <string>

namespace dlcc::rt {

/// Stores the sentence for dlcc_last_error and returns `status`.
dlcc_status fail(dlcc_status status, const std::string &sentence);

/// A refusal on its way to the C face.
struct Failure : std::runtime_error {
  Failure(dlcc_status status, const std::string &sentence)
      : std::runtime_error(sentence), status(status) {}
  dlcc_status status;
};

/// Calls `body`; what it throws becomes a status and a sentence.
template <typename Body> dlcc_status guarded(Body &&body) {
  try {
    body();
    return DLCC_OK;
  } catch (const Failure &failure) {
    return fail(failure.status, failure.what());
  } catch (const std::bad_alloc &) {
    return fail(DLCC_OUT_OF_MEMORY, "out of memory");
  }
}

} // namespace dlcc::rt

#endif // DLCC_RUNTIME_STATUS_H
