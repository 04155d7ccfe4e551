//===- ModelReaders.cpp - models, weights and means -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Readers.h"
#include "frontend/caffe/Frontend.h"
#include "frontend/caffe/MeanFile.h"
#include "frontend/dlm/Frontend.h"
#include "frontend/onnx/Frontend.h"
#include "mlir/IR/MLIRContext.h"

#include <fstream>
#include <iterator>

using namespace dlcc;
using namespace dlcc::fuzz;

namespace {

void ignore(frontend::Severity, const std::string &) {}

/// Verification's diagnostics go nowhere; a context lives for one file, since
/// it keeps every attribute.
class Context {
public:
  Context() : context(mlir::MLIRContext::Threading::DISABLED) {
    context.getDiagEngine().registerHandler(
        [](mlir::Diagnostic &) { return mlir::success(); });
  }
  mlir::MLIRContext context;
};

void readDlm(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  dlm::Options options;
  options.path = "-";
  options.text = {std::istreambuf_iterator<char>(file), {}};
  Context own;
  dlm::readModel(own.context, options, ignore);
}

void readOnnx(const std::string &path) {
  onnx_reader::Options options;
  options.path = path;
  Context own;
  onnx_reader::readModel(own.context, options, ignore);
}

/// A net or a solver, up to the module.
void readPrototxt(const std::string &path) {
  caffe_reader::Options options;
  options.path = path;
  options.training = true;
  std::optional<caffe_reader::Result> net =
      caffe_reader::readModel(options, ignore);
  if (!net)
    return;
  dlm::Options translated;
  translated.path = path;
  translated.translation = &net->translation;
  if (!net->hasFixedRows)
    translated.batch = net->batch;
  Context own;
  dlm::readModel(own.context, translated, ignore);
}

void readCaffemodel(const std::string &path) {
  caffe_reader::readWeights(path, {{"conv1", {"conv1.weight", "conv1.bias"}},
                                   {"conv2", {"conv1.weight", "conv2.bias"}},
                                   {"own", {}, /*isCustom=*/true}});
}

void readMean(const std::string &path) {
  caffe_reader::Field field;
  field.kind = caffe_reader::Field::Text;
  field.text = path;
  try {
    caffe_reader::readMeanFile(path, field);
  } catch (const caffe_reader::Refusal &) {
  }
}

} // namespace

std::vector<Reader> dlcc::fuzz::modelReaders() {
  return {{"dlm", readDlm},
          {"onnx", readOnnx},
          {"prototxt", readPrototxt},
          {"caffemodel", readCaffemodel},
          {"mean", readMean}};
}
