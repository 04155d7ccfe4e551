//===- FakeTrainMain.cpp - training the hand-written model ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// FAKE_BATCH makes it the program of the same model compiled with a smaller
// batch; FAKE_AUGMENTED one whose data block crops and flips training images.
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include <cstdlib>
#include <vector>

namespace {
const double kNumbers[] = {2, 2, 1};
const dlcc_reader_call kCalls[] = {{DLCC_RANDOM_CROP, 3, kNumbers},
                                   {DLCC_RANDOM_FLIP, 0, nullptr}};
const dlcc_feed kFeeds[] = {{"image", 2, kCalls}, {nullptr, 0, nullptr}};
} // namespace

int main(int argc, char **argv) {
  dlcc_model model = fake::model();
  std::vector<dlcc_entry> entries(model.entries,
                                  model.entries + model.num_entries);
  if (std::getenv("FAKE_AUGMENTED"))
    entries[fake::Train].feeds = kFeeds;
  model.entries = entries.data();
  if (const char *batch = std::getenv("FAKE_BATCH"))
    model.batch = std::atoi(batch);
  return dlcc_train_main(&model, argc, argv);
}
