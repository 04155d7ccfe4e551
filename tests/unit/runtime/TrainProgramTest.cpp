//===- TrainProgramTest.cpp - the training program as a process -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the program around the hand-written model as a user would: what it
// prints, how it stops, and that going on equals never having stopped.
//
//===----------------------------------------------------------------------===//

#include "TemporaryFolder.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using fake::TemporaryFolder;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

struct Outcome {
  int exitCode; ///< 128 + signal where one ended the program
  std::string out, err;
};

struct TrainProgram : testing::Test {
  TrainProgram() {
    makeSplit("train", 1003);
    makeSplit("t10k", 101);
  }

  void makeSplit(const std::string &split, int rows) {
    auto dim = [](int value) {
      return std::string{0, 0, char(value >> 8), char(value)};
    };
    std::string images =
                    std::string("\0\0\x08\3", 4) + dim(rows) + dim(2) + dim(2),
                labels = std::string("\0\0\x08\1", 4) + dim(rows);
    for (int i = 0; i < rows; ++i) {
      int digit = i * i % 3;
      labels += char(digit);
      for (int p = 0; p < 4; ++p)
        images += char((p == digit) * 80 + (i * 7 + p * 13) % 120);
    }
    folder.write("data/" + split + "-images-idx3-ubyte", images);
    folder.write("data/" + split + "-labels-idx1-ubyte", labels);
  }

  /// Starts the program; its output goes to files in the folder.
  pid_t start(const std::vector<std::string> &arguments) {
    std::vector<std::string> all = {FAKE_TRAIN, "--data", folder.path("data")};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char *> pointers;
    for (std::string &argument : all)
      pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    std::string out = folder.path("out"), err = folder.path("err");
    pid_t child = fork();
    if (child == 0) {
      if (std::freopen(out.c_str(), "w", stdout) &&
          std::freopen(err.c_str(), "w", stderr))
        execv(FAKE_TRAIN, pointers.data());
      _exit(127);
    }
    return child;
  }

  Outcome finish(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            folder.read("out"), folder.read("err")};
  }

  Outcome run(const std::vector<std::string> &arguments) {
    return finish(start(arguments));
  }

  void waitForOutput(const std::string &text) {
    for (int i = 0; i < 2000; ++i) {
      if (folder.read("out").find(text) != std::string::npos)
        return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    FAIL() << "never printed: " << text;
  }

  std::string path(const char *name) { return folder.path(name); }

  TemporaryFolder folder;
};

TEST_F(TrainProgram, PrintsTheDesignedEvents) {
  Outcome outcome =
      run({"--json", "--epochs", "2", "--log-every", "100", "--threads", "1"});
  EXPECT_EQ(outcome.exitCode, 0) << outcome.err;
  EXPECT_THAT(
      outcome.out,
      StartsWith("{\"event\":\"start\",\"parameters\":15,"
                 "\"planned_bytes\":608,\"threads\":1,\"cpu\":\"any\"}\n"
                 "{\"event\":\"step\",\"step\":100,\"loss\":"));
  EXPECT_THAT(outcome.out, HasSubstr("\"train\":{\"rows\":1003,\"loss\":"));
  EXPECT_THAT(outcome.out, HasSubstr("\"test\":{\"rows\":101,\"loss\":"));
  EXPECT_THAT(outcome.out, HasSubstr(",\"perplexity\":"));
  EXPECT_THAT(outcome.out, HasSubstr("{\"event\":\"end\",\"step\":252"));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(TrainProgram, PrintsLinesWithoutATerminal) {
  Outcome outcome = run({"--epochs", "1"});
  EXPECT_EQ(outcome.exitCode, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("digits: 15 parameters"));
  EXPECT_THAT(outcome.out, HasSubstr("batch 8"));
  EXPECT_THAT(outcome.out, HasSubstr("\nepoch 1/1  "));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\r")));
}

TEST_F(TrainProgram, UsageErrorsAndRefusalsDiffer) {
  EXPECT_EQ(run({"--epoch", "3"}).exitCode, 2);
  EXPECT_EQ(run({"--epochs", "0"}).exitCode, 2);
  EXPECT_EQ(run({"--resume"}).exitCode, 2);
  EXPECT_EQ(run({"--rows", "3"}).exitCode, 2);
  EXPECT_EQ(run({"--seed", "-1"}).exitCode, 2);
  Outcome outcome = run({"--learning-rate", "0.1"});
  EXPECT_EQ(outcome.exitCode, 1);
  EXPECT_THAT(outcome.err, HasSubstr("error: the model's learning rate is a "
                                     "schedule"));
  EXPECT_EQ(run({"--checkpoint", path("no/such/folder")}).exitCode, 1);
  folder.write("data/train-labels-idx1-ubyte", "broken");
  outcome = run({});
  EXPECT_EQ(outcome.exitCode, 1);
  EXPECT_THAT(outcome.err, HasSubstr("train-labels-idx1-ubyte"));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
}

TEST_F(TrainProgram, LimitedThenResumedEqualsUninterrupted) {
  ASSERT_EQ(run({"--epochs", "3", "--checkpoint", path("a")}).exitCode, 0);
  for (const char *limit : {"1", "100", "126", "127", "300", "1000"}) {
    Outcome outcome =
        run({"--epochs", "3", "--checkpoint", path("b"), "--resume",
             "--threads", "1", "--limit-steps", limit});
    ASSERT_EQ(outcome.exitCode, 0) << outcome.err;
  }
  EXPECT_EQ(folder.read("a"), folder.read("b"));
  ASSERT_EQ(
      run({"--epochs", "3", "--checkpoint", path("c"), "--seed", "2"}).exitCode,
      0);
  EXPECT_NE(folder.read("a"), folder.read("c"));
}

TEST_F(TrainProgram, StepsAloneRunThroughAsManyEpochsAsTheyTake) {
  Outcome outcome = run({"--limit-steps", "300", "--json"});
  ASSERT_EQ(outcome.exitCode, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"event\":\"end\",\"step\":300"));
  EXPECT_THAT(outcome.out, HasSubstr("\"epoch\":3,"));
}

TEST_F(TrainProgram, InterruptSavesAndStops) {
  std::vector<std::string> arguments = {
      "--epochs", "100000",   "--threads",    "1",
      "--json",   "--resume", "--checkpoint", path("b")};
  pid_t child = start(arguments);
  waitForOutput("\"epoch\":2,");
  kill(child, SIGINT);
  Outcome outcome = finish(child);
  EXPECT_EQ(outcome.exitCode, 130);
  EXPECT_THAT(outcome.out, HasSubstr("\"interrupted\":true"));
  size_t at = outcome.out.find("\"event\":\"end\",\"step\":");
  ASSERT_NE(at, std::string::npos) << outcome.out;
  long steps = std::atol(outcome.out.c_str() + at + 21);
  arguments.insert(arguments.end(),
                   {"--limit-steps", std::to_string(steps + 1000)});
  ASSERT_EQ(run(arguments).exitCode, 0);
  arguments[7] = path("a");
  ASSERT_EQ(run(arguments).exitCode, 0);
  EXPECT_EQ(folder.read("a"), folder.read("b"));
}

TEST_F(TrainProgram, KilledAndResumedEqualsUninterrupted) {
  std::vector<std::string> arguments = {
      "--epochs",      "1000",     "--threads",          "1",
      "--json",        "--resume", "--checkpoint-every", "250",
      "--limit-steps", "20000",    "--checkpoint",       path("b")};
  for (int delay : {30, 70, 110}) {
    pid_t child = start(arguments);
    std::this_thread::sleep_for(std::chrono::milliseconds(delay));
    kill(child, SIGKILL);
    finish(child);
  }
  ASSERT_EQ(run(arguments).exitCode, 0);
  arguments.back() = path("a");
  ASSERT_EQ(run(arguments).exitCode, 0);
  EXPECT_EQ(folder.read("a"), folder.read("b"));
  EXPECT_EQ(folder.count(), 5u); // a, b, data, out, err
}

/// Crops and flips are the same whoever makes them, and whenever.
TEST_F(TrainProgram, AugmentedTrainingIsTheSameWithAnyReaders) {
  setenv("FAKE_AUGMENTED", "1", 1);
  auto train = [&](const std::string &file,
                   std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"--epochs", "3", "--checkpoint",
                                          path(file.c_str())};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exitCode, 0) << outcome.err;
  };
  train("none", {"--readers", "0", "--threads", "1"});
  train("three", {"--readers", "3", "--threads", "2"});
  EXPECT_EQ(folder.read("none"), folder.read("three"));
  train("stopped", {"--limit-steps", "200", "--readers", "1"});
  EXPECT_NE(folder.read("none"), folder.read("stopped"));
  train("stopped", {"--resume", "--readers", "2"});
  EXPECT_EQ(folder.read("none"), folder.read("stopped"));
  train("other", {"--seed", "2"});
  EXPECT_NE(folder.read("none"), folder.read("other"));
  pid_t child = start({"--epochs", "1000000", "--checkpoint", path("cut"),
                       "--log-every", "100", "--readers", "2"});
  waitForOutput("step 300");
  kill(child, SIGINT);
  EXPECT_EQ(finish(child).exitCode, 130);
  unsetenv("FAKE_AUGMENTED");
}

TEST_F(TrainProgram, ResumeRefusesOtherData) {
  ASSERT_EQ(run({"--checkpoint", path("b")}).exitCode, 0);
  makeSplit("train", 500);
  Outcome outcome = run({"--checkpoint", path("b"), "--resume"});
  EXPECT_EQ(outcome.exitCode, 1);
  EXPECT_THAT(outcome.err, HasSubstr("1003 rows; this data has 500"));
}

/// In the middle of an epoch the checkpoint tells the batch: the fake model's
/// 8 rows, here said to be 4.
TEST_F(TrainProgram, ResumeRefusesAnotherBatch) {
  ASSERT_EQ(run({"--checkpoint", path("b"), "--limit-steps", "3"}).exitCode, 0);
  setenv("FAKE_BATCH", "4", 1);
  Outcome outcome = run({"--checkpoint", path("b"), "--resume"});
  unsetenv("FAKE_BATCH");
  EXPECT_EQ(outcome.exitCode, 1);
  EXPECT_THAT(outcome.err, HasSubstr("batch of 4 rows"));
}

TEST_F(TrainProgram, ACheckpointThatCannotBeWrittenIsRefusedFirst) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  for (const std::string &file : {path("no/b"), path("data"), path("pipe")}) {
    Outcome outcome = run({"--checkpoint", file, "--resume", "--json"});
    EXPECT_EQ(outcome.exitCode, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, StartsWith("error: cannot write '" + file));
  }
}

TEST_F(TrainProgram, WeightsStartAnotherTraining) {
  ASSERT_EQ(run({"--checkpoint", path("b")}).exitCode, 0);
  Outcome outcome = run({"--weights", path("b"), "--checkpoint", path("c"),
                         "--learning-rate-scale", "0"});
  ASSERT_EQ(outcome.exitCode, 0) << outcome.err;
  EXPECT_EQ(run({"--weights", path("nothing")}).exitCode, 1);
}

} // namespace
