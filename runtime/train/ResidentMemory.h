//===- ResidentMemory.h - memory that the process really uses -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_RESIDENTMEMORY_H
#define DLCC_RUNTIME_TRAIN_RESIDENTMEMORY_H

#include <cstdint>

namespace dlcc::train {

/// Notes the resident memory when it is made and forgets earlier peaks, so that
/// what a model adds afterwards can be told.
class ResidentMemory {
public:
  ResidentMemory();
  /// Bytes by which the peak since then exceeds what was noted; 0 where the
  /// system does not say.
  int64_t growth() const;

private:
  int64_t before;
};

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_RESIDENTMEMORY_H
