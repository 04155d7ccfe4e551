//===- FakeTrainMain.cpp - training the hand-written model ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// FAKE_BATCH makes it the program of the same model compiled with a smaller
// batch.
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include <cstdlib>

int main(int argc, char **argv) {
  dlcc_model model = fake::model();
  if (const char *batch = std::getenv("FAKE_BATCH"))
    model.batch = std::atoi(batch);
  return dlcc_train_main(&model, argc, argv);
}
