//===- DataReaders.cpp - weights and data of the training program ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Readers.h"
#include "runtime/Status.h"
#include "runtime/TensorFile.h"
#include "runtime/train/ImageFiles.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"

using namespace dlcc;
using namespace dlcc::fuzz;

/// Reads and takes refusals for an answer.
template <typename Read> static void expectAnswer(Read read) {
  try {
    read();
  } catch (const train::Refusal &) {
  } catch (const rt::Failure &) {
  }
}

/// A file of weights or a checkpoint, and each tensor in it.
static void readWeights(const std::string &path) {
  expectAnswer([&] {
    rt::TensorFile file(path);
    for (const rt::StoredTensor &tensor : file.tensors) {
      file.verify(tensor);
      std::vector<char> bytes(static_cast<size_t>(tensor.bytes));
      file.read(tensor, bytes.data());
    }
  });
}

static void readIdx(const std::string &path) {
  expectAnswer([&] { train::readIdx(path, "image"); });
}

static void readCifar(const std::string &path) {
  for (bool hasCoarse : {false, true})
    expectAnswer([&] { train::readCifar({path}, hasCoarse); });
}

static void readNpy(const std::string &path) {
  expectAnswer([&] { train::readNpy(path, "x"); });
}

static void readNpz(const std::string &path) {
  expectAnswer([&] { train::readNpz(path); });
}

static void readCsv(const std::string &path) {
  expectAnswer([&] { train::readCsv(path); });
}

/// PNG or JPEG, as the first bytes say.
static void readImage(const std::string &path) {
  expectAnswer([&] { train::readImageSize(path); });
  expectAnswer([&] { train::decodeImage(path); });
}

std::vector<Reader> dlcc::fuzz::dataReaders() {
  return {{"weights", readWeights}, {"idx", readIdx}, {"cifar", readCifar},
          {"npy", readNpy},         {"npz", readNpz}, {"csv", readCsv},
          {"image", readImage}};
}
