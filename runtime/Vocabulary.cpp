//===- Vocabulary.cpp - what a model's indices stand for ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Instance.h"
#include "runtime/Status.h"

#include <algorithm>

using namespace dlcc::rt;

/// The token's place, or -1.
static int64_t find(const std::vector<std::string> &tokens,
                    const std::string &token) {
  auto it = std::find(tokens.begin(), tokens.end(), token);
  return it == tokens.end() ? -1 : it - tokens.begin();
}

int64_t dlcc_token_count(const dlcc_instance *instance) {
  return static_cast<int64_t>(instance->weights->vocabulary.size());
}

const char *dlcc_token(const dlcc_instance *instance, int64_t index) {
  const std::vector<std::string> &tokens = instance->weights->vocabulary;
  bool exists = index >= 0 && index < static_cast<int64_t>(tokens.size());
  return exists ? tokens[index].c_str() : nullptr;
}

int64_t dlcc_token_index(const dlcc_instance *instance, const char *token) {
  const std::vector<std::string> &tokens = instance->weights->vocabulary;
  int64_t index = find(tokens, token);
  return index >= 0 ? index : find(tokens, "<unk>");
}

dlcc_status dlcc_set_tokens(dlcc_instance *instance, int64_t count,
                            const char *const *tokens) {
  return guarded([&] {
    if (!instance || count < 0 || (count > 0 && !tokens))
      throw Failure(DLCC_INVALID_ARGUMENT, "a null pointer was given");
    if (instance->shared)
      throw Failure(DLCC_UNSUPPORTED,
                    "this instance shares its weights; set the tokens on the "
                    "instance that owns them");
    instance->weights->vocabulary.assign(tokens, tokens + count);
  });
}
