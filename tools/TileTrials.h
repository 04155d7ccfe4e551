//===- TileTrials.h - which tiles a product is fastest with -----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_TILETRIALS_H
#define DLCC_TOOLS_TILETRIALS_H

#include "dlcc/abi.h"
#include "dlcc/compiler.h"

#include <map>
#include <string>
#include <vector>

namespace dlcc {

/// What came out for a product.
struct TrialResult {
  std::string target, product;
  std::vector<int64_t> tiles;
  double gain; ///< time with the model's tiles / time with these
};

/// Stands before the runtime's dlcc_run_kernel in a model that was compiled
/// with CompileOptions::trials and is loaded into this process. While the model
/// runs as ever, each of its products takes other tiles from call to call of an
/// entry, in turns, on the operands and with the threads that it has anyway:
/// tiles never change what a kernel computes. One model at a time is measured.
class TileTrials {
public:
  TileTrials(const CompiledModel &model);
  ~TileTrials();
  TileTrials(const TileTrials &) = delete;
  TileTrials &operator=(const TileTrials &) = delete;

  /// What the model calls instead of dlcc_run_kernel.
  static void run(const dlcc_call *call, dlcc_kernel kernel,
                  void *const *buffers, int64_t tasks);

  /// Says where the kernels of the levels are; before anything is run.
  void setTables(const dlcc_model &descriptor);

  /// Products that run from here on, and did in no entry before, are measured.
  void beginEntry();
  /// Says that a call of the entry has ended, and prepares the next one. The
  /// first one after beginEntry() only shows which products run.
  void endCall();

  /// Products that are measured in this entry, and those of them of which it is
  /// clear by now.
  size_t countMeasured() const;
  size_t countSettled() const;

  /// One for each product of the model. Tiles other than the model's are there
  /// only where they are clearly faster.
  std::vector<TrialResult> results() const;

private:
  struct Trial {
    std::vector<int64_t> tiles;
    std::vector<double> seconds;
    bool isHopeless = false;
  };
  struct Product {
    std::string target, name;
    std::vector<Trial> trials; ///< the model's tiles first
    int entry = -1;            ///< the one that it is measured in
    size_t current = 0;        ///< the trial of this call
    double seconds = 0;        ///< of this call
    bool runs = false;         ///< in this call
    bool isFinal = false; ///< the best is compared with the model once more
    size_t countLeft() const;
    size_t countSeen() const;
    bool isSettled() const;
    void endCall();
    void giveUp();
    void beginFinal();
  };
  /// A kernel as the first level has it.
  struct Place {
    size_t product;
    std::vector<const dlcc_level_kernel *> trials; ///< null: it has none
  };

  void addProduct(const KernelTrials &kernel);

  std::vector<KernelTrials> kernels;
  std::vector<Product> products;
  std::map<std::string, size_t> numbers; ///< of the products, by name
  std::map<dlcc_kernel, Place> places;
  int entry = -1;
  bool isFirstCall = true;
};

} // namespace dlcc

#endif // DLCC_TOOLS_TILETRIALS_H
