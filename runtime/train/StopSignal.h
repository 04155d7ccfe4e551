//===- StopSignal.h - asking a training program to stop -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_STOPSIGNAL_H
#define DLCC_RUNTIME_TRAIN_STOPSIGNAL_H

namespace dlcc::train {

/// From now on the first SIGINT or SIGTERM is only remembered; the next one
/// ends the program at once.
void catchStopSignals();

/// The signal that arrived, 0 for none.
int stopSignal();

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_STOPSIGNAL_H
