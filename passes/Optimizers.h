//===- Optimizers.h - formulas of the optimizers ----------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every optimizer is the one that PyTorch gives the same name (lamb, which it
// has not: as published). w is the
// parameter, g its gradient, r the learning rate times the run-time variable
// `$learning_rate_scale`, t the number of this step from 1; all else are
// hyper-parameters, scalars that may differ from step to step. A slot is a
// tensor like the parameter that lives from step to step and begins at zero.
//
//   sgd (Robbins and Monro 1951; momentum: Polyak 1964; Nesterov: Sutskever
//   et al. 2013)
//       g += weight_decay w
//       v  = momentum v + g                        slot momentum
//       w -= r (nesterov ? g + momentum v : v)
//     with rate_in_momentum, as Caffe has it (another rate leaves what was
//     gathered as it is)
//       v' = momentum v + r g                      slot momentum
//       w -= nesterov ? v' + momentum (v' - v) : v'
//   adam (Kingma and Ba 2015)
//       g += weight_decay w
//       m  = beta1 m + (1 - beta1) g               slot first_moment
//       v  = beta2 v + (1 - beta2) g^2             slot second_moment
//       w -= r / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + epsilon)
//   adamw (Loshchilov and Hutter 2019)
//       w -= r weight_decay w, then adam without decay
//   rmsprop (Tieleman and Hinton 2012)
//       g += weight_decay w
//       s  = decay s + (1 - decay) g^2             slot square_average
//       u  = g / (sqrt(s) + epsilon)
//       v  = momentum v + u                        slot momentum
//       w -= r v
//   adagrad (Duchi et al. 2011)
//       g += weight_decay w
//       s += g^2, from initial_accumulator         slot square_sum
//       w -= r g / (sqrt(s) + epsilon)
//   adadelta (Zeiler 2012)
//       g += weight_decay w
//       s  = rho s + (1 - rho) g^2                 slot square_average
//       u  = g sqrt(d + epsilon) / sqrt(s + epsilon)
//       d  = rho d + (1 - rho) u^2                 slot step_average
//       w -= r u
//   lamb (You et al. 2020)
//       m  = beta1 m + (1 - beta1) g               slot first_moment
//       v  = beta2 v + (1 - beta2) g^2             slot second_moment
//       u  = m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)
//            + weight_decay w
//       w -= r |w| / |u| u, or r u where a norm is 0
//
// Where g += weight_decay w stands, l1_decay adds l1_decay sign(w) to it. A
// momentum or decay that is absent or the constant 0 has neither slot nor term.
//
// The settings that every optimizer takes stand beside its hyper-parameters.
// What they do to gradients is told in PrepareGradients.h; the last one keeps
// an average a of each parameter:
//
//   ema e         w is the slot trained, which training steps read
//                 a = e a + (1 - e) w, the parameter, which all else reads
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_OPTIMIZERS_H
#define DLCC_PASSES_OPTIMIZERS_H

#include "ir/Ops.h"

#include <optional>

namespace dlcc {

/// A hyper-parameter an optimizer knows. Without a default it must be given,
/// unless it is optional: then its term is left out.
struct HyperParameter {
  llvm::StringLiteral name;
  std::optional<double> value;
  bool optional = false;
};

/// What every optimizer can be given: all parameters of a training step alike.
inline constexpr llvm::StringLiteral kAccumulate = "accumulate",
                                     kClipValue = "clip_value",
                                     kClipNorm = "clip_norm", kAverage = "ema";
llvm::ArrayRef<llvm::StringLiteral> getCommonSettings();

/// The hyper-parameter or setting of this name as the update gives it, or
/// null.
mlir::Value getHyperParameter(dlc::UpdateOp update, llvm::StringRef name);

/// How many calls give an update its gradient, 1 or more.
int64_t getAccumulation(dlc::UpdateOp update);

/// The hyper-parameters of an optimizer, in the order of its documentation.
llvm::ArrayRef<HyperParameter> getHyperParameters(dlc::Optimizer optimizer);

/// Checks the hyper-parameters of a `minimize` or `update`: unknown and
/// missing names, and an initial accumulator or a number of calls that is no
/// constant.
mlir::LogicalResult
verifyHyperParameters(dlc::Optimizer optimizer, mlir::ArrayAttr names,
                      mlir::ValueRange values,
                      llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// Replaces an update by elementwise ops, slots and the writes of the new
/// values before the end of its function. The variables that are missing are
/// declared in `symbols`, the module's.
void expandUpdate(dlc::UpdateOp update, mlir::SymbolTable &symbols);

} // namespace dlcc

#endif // DLCC_PASSES_OPTIMIZERS_H
