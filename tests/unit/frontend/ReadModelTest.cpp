//===- ReadModelTest.cpp - no text brings the frontend down ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Frontend.h"
#include "mlir/IR/MLIRContext.h"

#include <gtest/gtest.h>
#include <random>

using namespace dlcc::dlm;

static const char *const kModel =
    "const width = 8\n"
    "fn stage(x, n) { return relu(dense(x, n)) }\n"
    "model m(x: f32[batch, 4]) -> y {\n"
    "  h = stage(x, width)\n"
    "  for i in 0..2 { h = stage(h, 5) }\n"
    "  y = h[:, 1:] * 2\n"
    "}\n"
    "training m(t: f32[batch, 4]) {\n"
    "  loss = mean((y - t) ^ 2)\n"
    "  optimizer = sgd(learning_rate = step_decay(0.1, every = 3 epochs))\n"
    "  parameters \"*.bias\" { weight_decay = 0.1 }\n"
    "}\n";

static Result read(mlir::MLIRContext &context, std::string text,
                   std::string *said = nullptr) {
  Options options;
  options.path = "-";
  options.text = std::move(text);
  return readModel(context, options,
                   [&](Severity, const std::string &diagnostic) {
                     if (said)
                       *said += diagnostic;
                   });
}

TEST(ReadModelTest, TheModelIsRead) {
  mlir::MLIRContext context;
  std::string said;
  Result result = read(context, kModel, &said);
  EXPECT_EQ(result.errors, 0u) << said;
  ASSERT_EQ(result.models.size(), 1u);
  EXPECT_TRUE(result.models[0].hasTraining);
}

TEST(ReadModelTest, EveryPrefixIsAnswered) {
  mlir::MLIRContext context;
  std::string text = kModel;
  for (size_t length = 0; length < text.size(); length += 7) {
    Result result = read(context, text.substr(0, length));
    EXPECT_EQ(result.errors == 0, !result.models.empty()) << length;
  }
}

TEST(ReadModelTest, ChangedBytesAreAnswered) {
  mlir::MLIRContext context;
  std::mt19937 random(7);
  const std::string spice = "(){}[]=,;:.?+-*/^%<>\"\n \xff"
                            "0aλ";
  for (int round = 0; round < 150; ++round) {
    std::string text = kModel;
    for (int change = 0; change < 3; ++change)
      text[random() % text.size()] = spice[random() % spice.size()];
    Result result = read(context, text);
    EXPECT_EQ(result.errors == 0, !result.models.empty()) << text;
  }
}

TEST(ReadModelTest, RandomBytesAreRefused) {
  mlir::MLIRContext context;
  std::mt19937 random(11);
  for (int round = 0; round < 50; ++round) {
    std::string text(random() % 400, ' ');
    for (char &c : text)
      c = static_cast<char>(random());
    EXPECT_GE(read(context, text).errors, 1u);
  }
}
