//===- Solver.h - how a solver trains ---------------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_SOLVER_H
#define DLCC_FRONTEND_CAFFE_SOLVER_H

#include "frontend/caffe/Net.h"
#include "frontend/caffe/Translator.h"

namespace dlcc::caffe_reader {

/// What a solver's file says, as far as it is about training itself.
class Solver {
public:
  /// Throws Refusal. `message` has to outlive it.
  explicit Solver(const Message &message);

  /// Whether a text is a solver and no net.
  static bool isSolver(const Message &message);

  /// The file of the net and where it is named; none where the solver holds the
  /// net itself (`ownNet`).
  const Field *netFile = nullptr;
  const Message *ownNet = nullptr;
  Stages stages;

  /// The optimizer, its schedule and what each parameter has of its own.
  void write(ModelText &into,
             const std::vector<Translator::TrainedBlob> &blobs) const;

  /// Options of the training program: flag and value.
  std::vector<std::pair<std::string, std::string>> programOptions() const;

private:
  void readType();
  void readRate();
  void readRest();
  std::string multistep() const;
  std::string optimizer() const;

  const Message &message;
  std::string type, rate;
  double momentum, decay, clip;
  bool isL1;
  int64_t calls; ///< of a step: iter_size
  int64_t most;  ///< steps; 0: not said
};

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_SOLVER_H
