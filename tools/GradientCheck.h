//===- GradientCheck.h - gradients against differences ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the `loss` and `gradients` entries of a model that was compiled with
// CompileOptions::gradients in f64, and compares each gradient g with central
// differences of the loss L, along 4 random directions v of the whole tensor
// and along single elements:
//
//   a = g . v       n = (L(x + h v) - L(x - h v)) / 2h
//   relative error = |a - n| / max(|a|, |n|, floor)
//
// The floor is what g . v is expected to be: the norm |g| for a direction,
// |g| / sqrt(elements) for an element. It is at least so much that the rounding
// of L, taken as 2^-47 |L|, cannot count as an error of 1e-5 at the largest h.
//
// h is eps^(1/3) times the size of what moves: the root mean square of the
// tensor for a direction, 1 or that, whichever is larger, for an element.
// Where this does not show agreement, L is taken on the branch that it takes at
// x: with the comparisons, maxima, roundings and stopped gradients of x. That
// function is smooth, and its derivative is what autodiff builds; so corners
// nearby (of a deep network there are some within every step) do not count as
// errors. Other h from 1/64 to 512 of the first are tried on it, and the best
// one counts: smaller ones feel less curvature, larger ones less rounding. A
// wrong gradient agrees with none of them.
//
// What a C function takes and gives is rounded to its types. L then is no
// better than these, so with one of f32 the eps is that of f32, and 1e-3 the
// largest error of a right gradient.
//
// A kink is where the differences of L and of its branch differ at the first h:
// there is a corner within the step. Kinks are reported.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TOOLS_GRADIENTCHECK_H
#define DLCC_TOOLS_GRADIENTCHECK_H

#include "dlcc/compiler.h"
#include "tools/LoadedModel.h"
#include "tools/MadeInputs.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace dlcc {

/// What differences can show of a loss that is computed with so many bits.
struct GradientAccuracy {
  double step;      ///< h of a tensor whose size is 1
  double tolerance; ///< the largest relative error of a right gradient
  double rounding;  ///< of L, relative to it

  /// Of a loss in doubles that calls C functions whose narrowest float has
  /// `significantBits`; 53 where there are none.
  static GradientAccuracy of(int significantBits);
};

/// What was found of one tensor.
struct GradientResult {
  std::string block, name;
  int64_t line;
  int64_t checked = 0; ///< directions and elements
  int64_t kinks = 0;   ///< of these
  double error = 0;    ///< the largest relative error

  double tolerance = 0;
  bool passes() const { return error <= tolerance; }
};

/// How much of each tensor is checked.
struct GradientSamples {
  int64_t directions = 4, elements = 32;
  /// Whether differences of the loss itself come first, which tell where kinks
  /// are, or only those on the branch of the weights at hand.
  bool findsKinks = true;
};

/// The samples of a check of `tensors` whose loss takes so many operations and
/// moves so many bytes: as many as usual, or as many as two ordinary cores are
/// expected to take within 100 s, but at least one direction.
GradientSamples affordableSamples(int64_t tensors, int64_t flops,
                                  int64_t bytes);

class GradientCheck {
public:
  /// The instance has weights. Those that are trained are moved by a tenth of
  /// their size, so that initial values that are all alike hide nothing.
  GradientCheck(const dlcc_model &descriptor, dlcc_instance *instance,
                uint64_t seed, GradientSamples samples,
                GradientAccuracy accuracy);

  /// Checks all tensors, entry by entry.
  llvm::Expected<std::vector<GradientResult>>
  run(llvm::ArrayRef<GradientInfo> infos);

private:
  /// A tensor of doubles where the model reads it, and its gradient.
  struct Subject {
    llvm::MutableArrayRef<double> values;
    const double *gradient;
    double norm; ///< of the gradient
    double size; ///< root mean square of the values
  };
  /// Puts the subject to where h leads it; 0 leads back.
  using Move = llvm::function_ref<void(double h)>;

  void moveWeights();
  llvm::Expected<std::vector<GradientResult>>
  run(llvm::StringRef entry, llvm::ArrayRef<GradientInfo> infos);
  llvm::MutableArrayRef<double> findParameter(llvm::StringRef name);
  llvm::Expected<double> loss(int32_t entry);
  /// The central difference of an entry's loss.
  llvm::Expected<double> slope(int32_t entry, Move move, double h);
  llvm::Error compare(Move move, double analytic, double floor, double h,
                      GradientResult &result);
  llvm::Error checkDirections(const Subject &subject, GradientResult &result);
  llvm::Error checkElements(const Subject &subject, GradientResult &result);

  const dlcc_model &descriptor;
  dlcc_instance *instance;
  GradientSamples samples;
  GradientAccuracy accuracy;
  std::mt19937_64 random;
  uint64_t seed;
  /// Of the entry that is being checked.
  int32_t lossEntry = 0, branchEntry = 0;
  MadeInputs *lossArguments = nullptr;
  double base = 0;
};

} // namespace dlcc

#endif // DLCC_TOOLS_GRADIENTCHECK_H
