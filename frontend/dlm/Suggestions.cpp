//===- Suggestions.cpp - what an unknown name may have meant --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Evaluator.h"

using namespace dlcc::dlm;
using llvm::StringRef;

/// What other frameworks call what is here, in lower case without underscores.
static constexpr std::pair<StringRef, StringRef> kForeignNames[] = {
    {"arange", "iota"},
    {"avgpool2d", "avg_pool"},
    {"bcewithlogits", "sigmoid_cross_entropy"},
    {"bcewithlogitsloss", "sigmoid_cross_entropy"},
    {"binarycrossentropy", "sigmoid_cross_entropy"},
    {"bmm", "matmul"},
    {"cat", "concat"},
    {"clip", "clamp"},
    {"concatenate", "concat"},
    {"crossentropy", "softmax_cross_entropy"},
    {"crossentropyloss", "softmax_cross_entropy"},
    {"detach", "stop_gradient"},
    {"dot", "matmul"},
    {"euclideanloss", "mean_squared_error"},
    {"expanddims", "expand"},
    {"fullyconnected", "dense"},
    {"glorotnormal", "xavier_normal"},
    {"glorotuniform", "xavier_uniform"},
    {"huberloss", "huber"},
    {"indexadd", "scatter_add"},
    {"indexselect", "gather"},
    {"innerproduct", "dense"},
    {"kaimingnormal", "he_normal"},
    {"kaiminguniform", "he_uniform"},
    {"kldiv", "kl_divergence"},
    {"l1loss", "mean_absolute_error"},
    {"linear", "dense"},
    {"mae", "mean_absolute_error"},
    {"maxpool2d", "max_pool"},
    {"mm", "matmul"},
    {"mse", "mean_squared_error"},
    {"mseloss", "mean_squared_error"},
    {"permute", "transpose"},
    {"scaleddotproductattention", "attention"},
    {"smoothl1loss", "huber"},
    {"softmaxwithloss", "softmax_cross_entropy"},
    {"std", "variance"},
    {"swish", "silu"},
    {"takealongaxis", "take_along"},
    {"takealongdim", "take_along"},
    {"unsqueeze", "expand"},
    {"var", "variance"},
    {"view", "reshape"},
};

/// `BatchNorm`, `batchnorm` and `batch_norm` are one.
static std::string plain(StringRef name) {
  std::string result = name.lower();
  llvm::erase(result, '_');
  return result;
}

/// What is spelt alike, or is called so elsewhere, else the name at the least
/// edit distance, if it is near.
std::string Evaluator::suggestion(const std::string &name, Scope &scope) const {
  std::string alike, near;
  unsigned nearest = name.size() < 4 ? 2 : 3;
  auto consider = [&](StringRef candidate) {
    if (candidate == name)
      return;
    if (plain(candidate) == plain(name))
      alike = candidate;
    unsigned distance = StringRef(name).edit_distance(
        candidate, /*AllowReplacements=*/true, nearest);
    if (distance < nearest) {
      nearest = distance;
      near = candidate;
    }
  };
  for (Scope *at = &scope; at; at = at->parent)
    for (const auto &[candidate, binding] : at->names)
      consider(candidate);
  for (const auto &[candidate, binding] : program.constants)
    consider(candidate);
  for (const auto &[candidate, function] : program.functions)
    consider(candidate);
  for (const auto &[candidate, function] : program.preludeFunctions)
    consider(candidate);
  for (llvm::ArrayRef<Builtin> builtins : allBuiltins())
    for (const Builtin &builtin : builtins)
      consider(builtin.name);
  if (!alike.empty())
    return alike;
  for (auto [foreign, own] : kForeignNames)
    if (foreign == plain(name))
      return own.str();
  return near;
}

std::string Evaluator::partHint(const Value &base, const std::string &part,
                                Scope &scope) const {
  std::string function = part;
  if (!program.functions.count(part) && !program.preludeFunctions.count(part) &&
      !findBuiltin(part))
    function = suggestion(part, scope);
  if (!base.isTensor() || function.empty())
    return "layers have parameters, as in enc.weight";
  return "'" + function + "' is a function: " + function + "(x, …)";
}
