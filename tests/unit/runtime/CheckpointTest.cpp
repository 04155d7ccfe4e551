//===- CheckpointTest.cpp - weights files and checkpoints -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"
#include "TemporaryFolder.h"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string bytesOf(dlcc_instance *instance, const char *name, size_t bytes) {
  std::string value(bytes, '?');
  EXPECT_EQ(dlcc_get_parameter(instance, name, value.data(), bytes), DLCC_OK)
      << dlcc_last_error();
  return value;
}

struct Checkpoint : testing::Test {
  Checkpoint() {
    EXPECT_EQ(dlcc_init(instance.get(), 1), DLCC_OK);
    for (int i = 0; i < 5; ++i)
      fake::train(instance.get(), fake::Batch(i));
  }
  std::string path() { return folder.path("b"); }

  fake::TemporaryFolder folder;
  dlcc_model model = fake::model();
  fake::Instance instance = fake::create(model);
  fake::Instance other = fake::create(model);
};

TEST_F(Checkpoint, ContinuesBitForBit) {
  ASSERT_EQ(dlcc_save_checkpoint(instance.get(), path().c_str()), DLCC_OK)
      << dlcc_last_error();
  ASSERT_EQ(dlcc_load_checkpoint(other.get(), path().c_str()), DLCC_OK)
      << dlcc_last_error();
  for (int i = 5; i < 30; ++i)
    EXPECT_EQ(fake::train(other.get(), fake::Batch(i)),
              fake::train(instance.get(), fake::Batch(i)));
  for (const char *name : {"dense.weight", "dense.weight/momentum"})
    EXPECT_EQ(bytesOf(other.get(), name, 48),
              bytesOf(instance.get(), name, 48));
  EXPECT_EQ(bytesOf(other.get(), "since_reset", 4),
            bytesOf(instance.get(), "since_reset", 4));
}

TEST_F(Checkpoint, KeepsThePosition) {
  dlcc_position in = {5, 2, 3, 99, {1.5, 2.5}, 40, 1000}, out;
  dlcc_set_position(instance.get(), &in);
  ASSERT_EQ(dlcc_save_checkpoint(instance.get(), path().c_str()), DLCC_OK);
  ASSERT_EQ(dlcc_load_checkpoint(other.get(), path().c_str()), DLCC_OK);
  dlcc_get_position(other.get(), &out);
  EXPECT_EQ(std::memcmp(&in, &out, sizeof in), 0);
}

TEST_F(Checkpoint, KeepsTheVocabulary) {
  const char *tokens[] = {"the", "<unk>", "of"};
  ASSERT_EQ(dlcc_set_tokens(instance.get(), 3, tokens), DLCC_OK);
  for (auto save : {dlcc_save, dlcc_save_checkpoint}) {
    ASSERT_EQ(save(instance.get(), path().c_str()), DLCC_OK);
    ASSERT_EQ(dlcc_set_tokens(other.get(), 0, nullptr), DLCC_OK);
    EXPECT_EQ(dlcc_token_index(other.get(), "of"), -1);
    ASSERT_EQ(dlcc_load(other.get(), path().c_str()), DLCC_OK);
    ASSERT_EQ(dlcc_token_count(other.get()), 3);
    EXPECT_STREQ(dlcc_token(other.get(), 2), "of");
    EXPECT_EQ(dlcc_token(other.get(), 3), nullptr);
    EXPECT_EQ(dlcc_token(other.get(), -1), nullptr);
    EXPECT_EQ(dlcc_token_index(other.get(), "of"), 2);
    EXPECT_EQ(dlcc_token_index(other.get(), "and"), 1);
  }
}

TEST_F(Checkpoint, SameTrainingGivesTheSameBytes) {
  ASSERT_EQ(dlcc_save_checkpoint(instance.get(), path().c_str()), DLCC_OK);
  fake::Instance again = fake::create(model, 2);
  ASSERT_EQ(dlcc_init(again.get(), 1), DLCC_OK);
  for (int i = 0; i < 5; ++i)
    fake::train(again.get(), fake::Batch(i));
  ASSERT_EQ(dlcc_save_checkpoint(again.get(), folder.path("c").c_str()),
            DLCC_OK);
  EXPECT_EQ(folder.read("b"), folder.read("c"));
}

TEST_F(Checkpoint, LoadTakesTheWeightsOfEitherKind) {
  for (auto save : {dlcc_save, dlcc_save_checkpoint}) {
    fake::Instance fresh = fake::create(model);
    ASSERT_EQ(save(instance.get(), path().c_str()), DLCC_OK);
    ASSERT_EQ(dlcc_load(fresh.get(), path().c_str()), DLCC_OK);
    EXPECT_EQ(bytesOf(fresh.get(), "dense.weight", 48),
              bytesOf(instance.get(), "dense.weight", 48));
    EXPECT_EQ(bytesOf(fresh.get(), "dense.weight/momentum", 48),
              std::string(48, '\0'));
  }
}

TEST_F(Checkpoint, WeightsFileIsNoCheckpoint) {
  ASSERT_EQ(dlcc_save(instance.get(), path().c_str()), DLCC_OK);
  EXPECT_EQ(dlcc_load_checkpoint(other.get(), path().c_str()), DLCC_MISMATCH);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("weights only"));
}

TEST_F(Checkpoint, NothingIsSavedBeforeThereAreWeights) {
  EXPECT_EQ(dlcc_save(other.get(), path().c_str()), DLCC_NO_WEIGHTS);
  EXPECT_EQ(folder.count(), 0u);
}

TEST_F(Checkpoint, ListsEverythingThatDoesNotFit) {
  ASSERT_EQ(dlcc_save(instance.get(), path().c_str()), DLCC_OK);
  std::vector<dlcc_variable> variables(model.variables,
                                       model.variables + model.num_variables);
  int64_t dims[] = {4, 3};
  variables[0].tensor.dims = dims;
  variables[1].tensor.name = "output.bias";
  dlcc_model changed = model;
  changed.variables = variables.data();
  fake::Instance bent = fake::create(changed);
  EXPECT_EQ(dlcc_load(bent.get(), path().c_str()), DLCC_MISMATCH);
  EXPECT_THAT(dlcc_last_error(),
              AllOf(HasSubstr("'dense.weight' is f32[4, 3] in the model and "
                              "f32[3, 4] in the file"),
                    HasSubstr("'output.bias' is f32[3] in the model and "
                              "missing in the file"),
                    Not(HasSubstr("'steps'"))));
}

TEST_F(Checkpoint, SurplusIsANote) {
  ASSERT_EQ(dlcc_save(instance.get(), path().c_str()), DLCC_OK);
  std::vector<dlcc_variable> variables(model.variables + 1,
                                       model.variables + model.num_variables);
  dlcc_model smaller = model;
  smaller.variables = variables.data();
  smaller.num_variables = static_cast<int32_t>(variables.size());
  std::string heard;
  dlcc_options options = DLCC_OPTIONS_INIT;
  options.user = &heard;
  options.log = [](void *user, const char *text) {
    *static_cast<std::string *>(user) += text;
  };
  fake::Instance loader(dlcc_create(&smaller, &options));
  EXPECT_EQ(dlcc_load(loader.get(), path().c_str()), DLCC_OK);
  EXPECT_THAT(heard, HasSubstr("also holds 'dense.weight'"));
}

TEST_F(Checkpoint, PathsThatCannotBeUsed) {
  EXPECT_EQ(dlcc_load(other.get(), folder.path("no").c_str()), DLCC_NOT_FOUND);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("cannot open"));
  EXPECT_EQ(dlcc_load(other.get(), folder.path("").c_str()), DLCC_IO_ERROR);
  EXPECT_EQ(dlcc_save(instance.get(), folder.path("").c_str()), DLCC_IO_ERROR);
  EXPECT_EQ(dlcc_save(instance.get(), folder.path("no/b").c_str()),
            DLCC_IO_ERROR);
  EXPECT_EQ(dlcc_save(instance.get(), "/dev/full/b"), DLCC_IO_ERROR);
  EXPECT_EQ(dlcc_load(other.get(), nullptr), DLCC_INVALID_ARGUMENT);
  folder.write("empty", "");
  EXPECT_EQ(dlcc_load(other.get(), folder.path("empty").c_str()),
            DLCC_BAD_FILE);
}

/// Loading broken bytes fails and changes nothing, or the break lay in bytes
/// that nobody reads.
void expectHarmless(dlcc_instance *instance, const std::string &path) {
  std::string before = bytesOf(instance, "dense.weight", 48) +
                       bytesOf(instance, "dense.bias/momentum", 12);
  dlcc_status status = dlcc_load_checkpoint(instance, path.c_str());
  std::string after = bytesOf(instance, "dense.weight", 48) +
                      bytesOf(instance, "dense.bias/momentum", 12);
  EXPECT_EQ(before, after) << "status " << status;
}

TEST_F(Checkpoint, EveryBrokenByteIsFoundOrHarmless) {
  ASSERT_EQ(dlcc_save_checkpoint(instance.get(), path().c_str()), DLCC_OK);
  const std::string whole = folder.read("b");
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  auto put = [&](size_t at, char byte) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte).flush();
  };
  int refused = 0;
  for (size_t i = 0; i < whole.size(); ++i)
    for (int bit : {0, 7}) {
      put(i, static_cast<char>(whole[i] ^ 1 << bit));
      expectHarmless(instance.get(), path());
      refused += dlcc_load(other.get(), path().c_str()) != DLCC_OK;
      put(i, whole[i]);
    }
  EXPECT_GT(refused, 1000);
}

TEST_F(Checkpoint, EveryCutIsFound) {
  ASSERT_EQ(dlcc_save_checkpoint(instance.get(), path().c_str()), DLCC_OK);
  const std::string whole = folder.read("b");
  for (size_t size = 0; size < whole.size(); size += 7) {
    folder.write("cut", whole.substr(0, size));
    EXPECT_EQ(dlcc_load(other.get(), folder.path("cut").c_str()),
              DLCC_BAD_FILE);
  }
  folder.write("longer", whole + "x");
  EXPECT_EQ(dlcc_load(other.get(), folder.path("longer").c_str()),
            DLCC_BAD_FILE);
}

TEST_F(Checkpoint, OtherMajorVersionIsRefusedWithASentence) {
  ASSERT_EQ(dlcc_save(instance.get(), path().c_str()), DLCC_OK);
  std::string bytes = folder.read("b");
  for (char major : {0, 2}) {
    bytes[8] = major;
    folder.write("other", bytes);
    EXPECT_EQ(dlcc_load(other.get(), folder.path("other").c_str()),
              DLCC_UNSUPPORTED);
    EXPECT_THAT(dlcc_last_error(),
                HasSubstr("version " + std::to_string(major)));
  }
}

TEST_F(Checkpoint, NegativePositionIsRefused) {
  dlcc_position position = {5, 2, -3, 99, {}, 40, 1000};
  dlcc_set_position(instance.get(), &position);
  ASSERT_EQ(dlcc_save_checkpoint(instance.get(), path().c_str()), DLCC_OK);
  EXPECT_EQ(dlcc_load_checkpoint(other.get(), path().c_str()), DLCC_BAD_FILE);
}

TEST_F(Checkpoint, WhatIsNoFileIsNotReplaced) {
  std::string pipe = folder.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(dlcc_save(instance.get(), pipe.c_str()), DLCC_IO_ERROR);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("not a regular file"));
  struct stat status;
  ASSERT_EQ(stat(pipe.c_str(), &status), 0);
  EXPECT_TRUE(S_ISFIFO(status.st_mode));
}

TEST_F(Checkpoint, TwoProcessesSaveTheSameFile) {
  constexpr int saves = 200;
  pid_t child = fork();
  for (int i = 0; i < saves; ++i) {
    dlcc_status status = dlcc_save_checkpoint(instance.get(), path().c_str());
    if (child == 0 && status != DLCC_OK)
      _exit(1);
    EXPECT_EQ(status, DLCC_OK) << dlcc_last_error();
  }
  if (child == 0)
    _exit(0);
  int ended = 0;
  ASSERT_EQ(waitpid(child, &ended, 0), child);
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(folder.count(), 1u);
  EXPECT_EQ(dlcc_load_checkpoint(other.get(), path().c_str()), DLCC_OK);
}

TEST_F(Checkpoint, SavingLeavesNothingBeside) {
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(dlcc_save(instance.get(), path().c_str()), DLCC_OK);
  EXPECT_EQ(folder.count(), 1u);
}

TEST_F(Checkpoint, SavingRemovesWhatAKilledProcessLeft) {
  folder.write(".b.dlcc-99999-0", "half of a checkpoint");
  std::string busy = folder.write(".b.dlcc-99999-1", "being written");
  int lock = open(busy.c_str(), O_RDONLY);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  ASSERT_EQ(dlcc_save(instance.get(), path().c_str()), DLCC_OK);
  EXPECT_EQ(folder.count(), 2u);
  EXPECT_EQ(folder.read(".b.dlcc-99999-1"), "being written");
  close(lock);
}

} // namespace
