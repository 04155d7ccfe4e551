//===- RunTest.cpp - what a call checks, and what it computes -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include <atomic>
#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <thread>
#include <vector>

using testing::HasSubstr;

namespace {

struct Run : testing::Test {
  Run() { EXPECT_EQ(dlcc_init(instance.get(), 1), DLCC_OK); }

  dlcc_status run(fake::Entry entry, int64_t rows) {
    void *args[] = {batch.image, batch.digit, &loss, &accuracy};
    return dlcc_run(instance.get(), entry, rows, args);
  }

  dlcc_model model = fake::model();
  fake::Instance instance = fake::create(model);
  fake::Batch batch{1};
  float loss = -1, accuracy = -1;
};

TEST_F(Run, Learns) {
  float first = fake::train(instance.get(), batch), last = 0;
  for (int i = 0; i < 200; ++i)
    last = fake::train(instance.get(), batch);
  EXPECT_LT(last, first / 10);
}

TEST_F(Run, RowsLieWithinTheBatch) {
  EXPECT_EQ(run(fake::Evaluate, 0), DLCC_OUT_OF_RANGE);
  EXPECT_EQ(run(fake::Evaluate, 9), DLCC_OUT_OF_RANGE);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("9 rows given to 'evaluate'"));
  EXPECT_THAT(dlcc_last_error(), HasSubstr("1 to 8"));
  EXPECT_EQ(run(fake::Evaluate, 3), DLCC_OK);
  EXPECT_EQ(dlcc_run(instance.get(), 17, 1, nullptr), DLCC_INVALID_ARGUMENT);
  EXPECT_EQ(dlcc_run(nullptr, 1, 1, nullptr), DLCC_INVALID_ARGUMENT);
}

TEST_F(Run, AnEntryMayWantAllRows) {
  std::vector<dlcc_entry> entries(model.entries,
                                  model.entries + model.num_entries);
  entries[fake::Evaluate].all_rows = 1;
  model.entries = entries.data();
  EXPECT_EQ(run(fake::Evaluate, 7), DLCC_OUT_OF_RANGE);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("exactly 8, not 7"));
  EXPECT_EQ(run(fake::Evaluate, 8), DLCC_OK);
}

TEST_F(Run, NullInputsAreRefused) {
  void *args[] = {batch.image, nullptr, &loss, &accuracy};
  EXPECT_EQ(dlcc_run(instance.get(), fake::Train, 8, args),
            DLCC_INVALID_ARGUMENT);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("'digit' is a null pointer"));
}

TEST_F(Run, NullOutputsAreComputedElsewhere) {
  void *args[] = {batch.image, batch.digit, nullptr, &accuracy};
  ASSERT_EQ(dlcc_run(instance.get(), fake::Evaluate, 8, args), DLCC_OK);
  float wanted = accuracy;
  ASSERT_EQ(run(fake::Evaluate, 8), DLCC_OK);
  EXPECT_EQ(accuracy, wanted);
}

TEST_F(Run, IndicesAreCheckedBeforeAnythingChanges) {
  char before[48], after[48];
  dlcc_get_parameter(instance.get(), "dense.weight", before, 48);
  for (int32_t wrong : {3, -1, 1 << 30}) {
    batch.digit[5] = wrong;
    EXPECT_EQ(run(fake::Train, 8), DLCC_OUT_OF_RANGE);
    EXPECT_EQ(std::string(dlcc_last_error()), "input 'digit', row 5: value " +
                                                  std::to_string(wrong) +
                                                  " is outside [0, 3)");
  }
  dlcc_get_parameter(instance.get(), "dense.weight", after, 48);
  EXPECT_EQ(std::memcmp(before, after, 48), 0);
  EXPECT_EQ(loss, -1);
  dlcc_position position;
  dlcc_get_position(instance.get(), &position);
  EXPECT_EQ(position.step, 0);
  // Rows beyond those given are not looked at.
  EXPECT_EQ(run(fake::Train, 5), DLCC_OK);
}

TEST_F(Run, OnlyTrainingRaisesTheStep) {
  ASSERT_EQ(run(fake::Evaluate, 8), DLCC_OK);
  ASSERT_EQ(run(fake::Train, 8), DLCC_OK);
  ASSERT_EQ(run(fake::Train, 2), DLCC_OK);
  dlcc_position position;
  dlcc_get_position(instance.get(), &position);
  EXPECT_EQ(position.step, 2);
}

TEST_F(Run, ScheduleNeedsStepsPerEpoch) {
  dlcc_set_steps_per_epoch(instance.get(), 0);
  EXPECT_EQ(run(fake::Train, 8), DLCC_INVALID_ARGUMENT);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("steps_per_epoch"));
  EXPECT_EQ(run(fake::Evaluate, 8), DLCC_OK);
}

TEST_F(Run, LearningRateScaleOfZeroLearnsNothing) {
  EXPECT_EQ(dlcc_set_learning_rate_scale(instance.get(), NAN),
            DLCC_INVALID_ARGUMENT);
  EXPECT_EQ(dlcc_set_learning_rate_scale(instance.get(), -1),
            DLCC_INVALID_ARGUMENT);
  ASSERT_EQ(dlcc_set_learning_rate_scale(instance.get(), 0), DLCC_OK);
  float first = fake::train(instance.get(), batch);
  EXPECT_EQ(fake::train(instance.get(), batch), first);
}

/// Losses of 50 steps, as bytes.
std::vector<float> losses(dlcc_instance *instance) {
  std::vector<float> result;
  EXPECT_EQ(dlcc_init(instance, 3), DLCC_OK);
  for (int i = 0; i < 50; ++i)
    result.push_back(fake::train(instance, fake::Batch(i), i % 8 + 1));
  return result;
}

TEST_F(Run, AnyNumberOfThreadsGivesTheSameBits) {
  std::vector<float> wanted = losses(instance.get());
  for (int threads : {2, 3, 7})
    EXPECT_EQ(losses(fake::create(model, threads).get()), wanted);
}

TEST_F(Run, UsesTheCallersThreads) {
  struct Pool {
    std::atomic<int> regions{0};
  } pool;
  dlcc_options options = DLCC_OPTIONS_INIT;
  options.threads = 2;
  options.steps_per_epoch = 10;
  options.user = &pool;
  options.parallel_for = [](void *user, int64_t tasks, dlcc_task body,
                            void *context) {
    ++static_cast<Pool *>(user)->regions;
    std::thread odd([=] {
      for (int64_t task = 1; task < tasks; task += 2)
        body(context, task, 1);
    });
    for (int64_t task = 0; task < tasks; task += 2)
      body(context, task, 0);
    odd.join();
  };
  fake::Instance own(dlcc_create(&model, &options));
  EXPECT_EQ(losses(own.get()), losses(instance.get()));
  // Two kernels of several tasks a step; the single-task one runs inline.
  EXPECT_EQ(pool.regions, 1 + 50 * 2);
}

TEST_F(Run, InstancesOfOneModelRunInParallel) {
  std::vector<float> wanted = losses(instance.get());
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back(
        [&] { EXPECT_EQ(losses(fake::create(model, 2).get()), wanted); });
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(Run, ErrorsBelongToTheirThread) {
  EXPECT_EQ(run(fake::Evaluate, 9), DLCC_OUT_OF_RANGE);
  std::thread([] { EXPECT_STREQ(dlcc_last_error(), ""); }).join();
  EXPECT_STRNE(dlcc_last_error(), "");
}

} // namespace
