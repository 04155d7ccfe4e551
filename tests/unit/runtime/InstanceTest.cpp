//===- InstanceTest.cpp - creating, initialising, setting parameters ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <gmock/gmock.h>

using testing::HasSubstr;

namespace {

std::array<float, 12> weightOf(dlcc_instance *instance) {
  std::array<float, 12> weight{};
  EXPECT_EQ(dlcc_get_parameter(instance, "dense.weight", weight.data(), 48),
            DLCC_OK)
      << dlcc_last_error();
  return weight;
}

TEST(Create, NullOptionsTakeTheDefaults) {
  dlcc_model model = fake::model();
  fake::Instance instance(dlcc_create(&model, nullptr));
  ASSERT_TRUE(instance);
  EXPECT_EQ(dlcc_get_model(instance.get()), &model);
}

TEST(Create, RefusesAnotherAbi) {
  dlcc_model model = fake::model();
  model.abi_version = DLCC_ABI_VERSION + 1;
  EXPECT_EQ(dlcc_create(&model, nullptr), nullptr);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("binary interface"));
}

#ifdef __x86_64__
TEST(Create, NamesTheMissingCpuFeature) {
  dlcc_model model = fake::model();
  if (__builtin_cpu_supports("avx512fp16"))
    GTEST_SKIP() << "this processor has everything";
  dlcc_level level = {"sapphirerapids", "+sse3,+avx512fp16", nullptr};
  model.levels = &level;
  EXPECT_EQ(dlcc_create(&model, nullptr), nullptr);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("needs avx512fp16"));
}
#endif

TEST(Create, RefusesNonsenseInOptions) {
  dlcc_model model = fake::model();
  dlcc_options options = DLCC_OPTIONS_INIT;
  options.threads = -1;
  EXPECT_EQ(dlcc_create(&model, &options), nullptr);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("-1"));
  options = DLCC_OPTIONS_INIT;
  options.allocate = [](void *, size_t, size_t) -> void * { return nullptr; };
  EXPECT_EQ(dlcc_create(&model, &options), nullptr);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("deallocate"));
  options = {};
  EXPECT_EQ(dlcc_create(&model, &options), nullptr);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("size"));
}

/// Counts bytes that are given and not yet back.
struct Ledger {
  size_t total = 0;
  int64_t open = 0;
  bool refuse = false;
};

dlcc_options ledgerOptions(Ledger &ledger) {
  dlcc_options options = DLCC_OPTIONS_INIT;
  options.threads = 3;
  options.user = &ledger;
  options.allocate = [](void *user, size_t bytes, size_t alignment) -> void * {
    auto &ledger = *static_cast<Ledger *>(user);
    if (ledger.refuse)
      return nullptr;
    ledger.total += bytes;
    ++ledger.open;
    return std::aligned_alloc(alignment, bytes);
  };
  options.deallocate = [](void *user, void *pointer, size_t bytes) {
    auto &ledger = *static_cast<Ledger *>(user);
    ledger.total -= bytes;
    --ledger.open;
    std::free(pointer);
  };
  return options;
}

TEST(Create, TakesTheFormulasBytesFromTheCallersAllocator) {
  dlcc_model model = fake::model();
  Ledger ledger;
  dlcc_options options = ledgerOptions(ledger);
  fake::Instance instance(dlcc_create(&model, &options));
  ASSERT_TRUE(instance);
  auto up = [](int64_t bytes) { return (bytes + 63) / 64 * 64; };
  int64_t formula = up(model.weight_bytes) + up(model.optimizer_bytes) +
                    up(model.state_bytes) + up(model.arena_bytes) +
                    3 * up(model.scratch_bytes);
  EXPECT_EQ(static_cast<int64_t>(ledger.total), formula + 64);
  instance.reset();
  EXPECT_EQ(ledger.total, 0u);
  EXPECT_EQ(ledger.open, 0);
}

TEST(Create, SaysWhenTheAllocatorHasNothing) {
  dlcc_model model = fake::model();
  Ledger ledger;
  ledger.refuse = true;
  dlcc_options options = ledgerOptions(ledger);
  EXPECT_EQ(dlcc_create(&model, &options), nullptr);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("no memory for"));
  EXPECT_EQ(ledger.open, 0);
}

TEST(Init, IsAFunctionOfTheSeed) {
  dlcc_model model = fake::model();
  fake::Instance a = fake::create(model), b = fake::create(model);
  ASSERT_EQ(dlcc_init(a.get(), 5), DLCC_OK);
  ASSERT_EQ(dlcc_init(b.get(), 5), DLCC_OK);
  EXPECT_EQ(weightOf(a.get()), weightOf(b.get()));
  ASSERT_EQ(dlcc_init(b.get(), 6), DLCC_OK);
  EXPECT_NE(weightOf(a.get()), weightOf(b.get()));
  // Seed 0 is that of the options, 7 here.
  ASSERT_EQ(dlcc_init(a.get(), 0), DLCC_OK);
  ASSERT_EQ(dlcc_init(b.get(), 7), DLCC_OK);
  EXPECT_EQ(weightOf(a.get()), weightOf(b.get()));
}

TEST(Init, StartsTrainingAnew) {
  dlcc_model model = fake::model();
  fake::Instance instance = fake::create(model);
  float losses[2];
  for (float &loss : losses) {
    ASSERT_EQ(dlcc_init(instance.get(), 5), DLCC_OK);
    for (int i = 0; i < 5; ++i)
      loss = fake::train(instance.get(), fake::Batch(i));
  }
  EXPECT_EQ(losses[0], losses[1]);
}

TEST(Parameters, AreMissingUntilAllAreSet) {
  dlcc_model model = fake::model();
  fake::Instance instance = fake::create(model);
  float weight[12] = {1}, bias[3] = {2}, steps = 0, image[4] = {}, logits[3];
  void *args[] = {image, logits};
  EXPECT_EQ(dlcc_run(instance.get(), fake::Forward, 1, args), DLCC_NO_WEIGHTS);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("no weights yet"));
  EXPECT_EQ(dlcc_get_parameter(instance.get(), "dense.bias", bias, 12),
            DLCC_NO_WEIGHTS);
  EXPECT_EQ(dlcc_set_parameter(instance.get(), "dense.weight", weight, 48),
            DLCC_OK);
  EXPECT_EQ(dlcc_set_parameter(instance.get(), "dense.bias", bias, 12),
            DLCC_OK);
  EXPECT_EQ(dlcc_run(instance.get(), fake::Forward, 1, args), DLCC_NO_WEIGHTS);
  EXPECT_EQ(dlcc_set_parameter(instance.get(), "steps", &steps, 4), DLCC_OK);
  EXPECT_EQ(dlcc_run(instance.get(), fake::Forward, 1, args), DLCC_OK);
  EXPECT_EQ(logits[0], 2);
}

TEST(Parameters, NameAndSizeMustFit) {
  dlcc_model model = fake::model();
  fake::Instance instance = fake::create(model);
  float value[12] = {};
  EXPECT_EQ(dlcc_set_parameter(instance.get(), "dense.wight", value, 48),
            DLCC_NOT_FOUND);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("no parameter 'dense.wight'"));
  EXPECT_EQ(dlcc_set_parameter(instance.get(), "dense.weight", value, 44),
            DLCC_INVALID_ARGUMENT);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("f32[3, 4] of 48 bytes, not 44"));
  EXPECT_EQ(dlcc_set_parameter(instance.get(), nullptr, value, 44),
            DLCC_INVALID_ARGUMENT);
  EXPECT_EQ(dlcc_set_parameter(nullptr, "dense.weight", value, 44),
            DLCC_INVALID_ARGUMENT);
}

TEST(Shared, ReadsTheOwnersWeightsAndOutlivesIt) {
  dlcc_model model = fake::model();
  fake::Instance owner = fake::create(model);
  fake::Instance shared(dlcc_create_shared(owner.get(), nullptr));
  ASSERT_TRUE(shared) << dlcc_last_error();
  ASSERT_EQ(dlcc_init(owner.get(), 3), DLCC_OK);
  auto weight = weightOf(owner.get());
  owner.reset();
  EXPECT_EQ(weightOf(shared.get()), weight);
}

TEST(Shared, DoesNotTrainWhatItOnlyShares) {
  dlcc_model model = fake::model();
  fake::Instance owner = fake::create(model);
  fake::Instance shared(dlcc_create_shared(owner.get(), nullptr));
  ASSERT_EQ(dlcc_init(owner.get(), 3), DLCC_OK);
  EXPECT_EQ(dlcc_init(shared.get(), 3), DLCC_UNSUPPORTED);
  fake::Batch batch(0);
  void *args[] = {batch.image, batch.digit, nullptr, nullptr};
  EXPECT_EQ(dlcc_run(shared.get(), fake::Train, 8, args), DLCC_UNSUPPORTED);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("only shares"));
  float bias[3] = {};
  EXPECT_EQ(dlcc_set_parameter(shared.get(), "dense.bias", bias, 12),
            DLCC_UNSUPPORTED);
}

} // namespace
