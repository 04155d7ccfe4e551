//===- FakeTrainMain.cpp - training the hand-written model ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

int main(int argc, char **argv) {
  dlcc_model model = fake::model();
  return dlcc_train_main(&model, argc, argv);
}
