//===- Refusal.h - why a file cannot be read --------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_REFUSAL_H
#define DLCC_FRONTEND_CAFFE_REFUSAL_H

#include "llvm/ADT/Twine.h"

#include <stdexcept>

namespace dlcc::caffe_reader {

/// Where something stands: line and column (of bytes) from 1, in the file of
/// this number. Line 0: in the file as a whole.
struct Place {
  unsigned file = 0, line = 0, column = 0;
};

/// A sentence about what cannot be read. Thrown inside this room only; the
/// frontend makes a diagnostic of it.
struct Refusal : std::runtime_error {
  Refusal(Place place, const llvm::Twine &text)
      : std::runtime_error(text.str()), place(place) {}
  Place place;
};

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_REFUSAL_H
