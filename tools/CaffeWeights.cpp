//===- CaffeWeights.cpp - a .caffemodel into an instance ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/CaffeWeights.h"

#include "tools/CaffeFiles.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

#include <cstdio>

using namespace llvm;

namespace dlcc {

static std::string spellDims(ArrayRef<int64_t> dims) {
  std::string text;
  for (int64_t dim : dims)
    text += (text.empty() ? "" : ", ") + std::to_string(dim);
  return "[" + text + "]";
}

/// Older files have four dimensions for every blob, with ones in front.
static bool isSameShape(ArrayRef<int64_t> stored, ArrayRef<int64_t> wanted) {
  auto withoutOnes = [](ArrayRef<int64_t> dims) {
    return dims.drop_while([](int64_t dim) { return dim == 1; });
  };
  return stored == wanted || (stored.size() > wanted.size() &&
                              withoutOnes(stored) == withoutOnes(wanted));
}

namespace {
/// The weights of a model by name, and by their order below a layer's name.
struct Wanted {
  StringMap<const dlcc_tensor *> byName;
  std::vector<const dlcc_tensor *> all;
};
} // namespace

static Wanted wantedOf(const dlcc_model &model) {
  Wanted wanted;
  for (int32_t i = 0; i < model.num_variables; ++i) {
    const dlcc_variable &variable = model.variables[i];
    if (variable.kind != DLCC_PARAMETER && variable.kind != DLCC_BUFFER)
      continue;
    wanted.byName[variable.tensor.name] = &variable.tensor;
    wanted.all.push_back(&variable.tensor);
  }
  return wanted;
}

/// The tensor that a blob is for; `layer.2` is the third below `layer`.
static const dlcc_tensor *find(const Wanted &wanted, StringRef name) {
  if (const dlcc_tensor *tensor = wanted.byName.lookup(name))
    return tensor;
  auto [layer, place] = name.rsplit('.');
  unsigned number = 0;
  if (place.getAsInteger(10, number))
    return nullptr;
  for (const dlcc_tensor *tensor : wanted.all)
    if (StringRef(tensor->name).starts_with((layer + ".").str()) &&
        number-- == 0)
      return tensor;
  return nullptr;
}

Error loadCaffeModel(dlcc_instance *instance, const std::string &path,
                     const CompileOptions &options, bool completes) {
  // What there is to say about the net was said when it was compiled.
  std::optional<caffe_reader::Result> net;
  if (isCaffe(options.input))
    net = caffe_reader::readModel(caffeOptions(options),
                                  [](frontend::Severity, auto &) {});
  if (!net)
    return createStringError("'" + path +
                             "' holds weights of a Caffe net, and '" +
                             options.input + "' is none");
  caffe_reader::StoredWeights stored =
      caffe_reader::readWeights(path, net->blobs);
  if (!stored.error.empty())
    return createStringError("'" + path + "': " + stored.error);
  Wanted wanted = wantedOf(*dlcc_get_model(instance));
  StringMap<bool> isFilled;
  std::vector<std::string> wrong, missing;
  for (const caffe_reader::StoredBlob &blob : stored.blobs) {
    const dlcc_tensor *tensor = find(wanted, blob.name);
    if (!tensor)
      continue;
    ArrayRef<int64_t> dims(tensor->dims, tensor->rank);
    isFilled[tensor->name] = true;
    if (!isSameShape(blob.dims, dims)) {
      wrong.push_back(std::string("'") + tensor->name + "' is " +
                      spellDims(dims) + " in the model and " +
                      spellDims(blob.dims) + " in the file");
      continue;
    }
    if (tensor->type != DLCC_F32)
      return createStringError("weights of Caffe's are f32, and '" +
                               Twine(tensor->name) + "' is not");
    if (dlcc_set_parameter(instance, tensor->name, blob.elements.data(),
                           blob.elements.size() * sizeof(float)) != DLCC_OK)
      return createStringError(Twine(dlcc_last_error()));
  }
  for (const dlcc_tensor *tensor : wanted.all)
    if (!isFilled.count(tensor->name))
      missing.push_back(std::string("'") + tensor->name + "'");
  if (!missing.empty() && !completes)
    wrong.push_back("it lacks " + join(missing, ", "));
  if (!wrong.empty())
    return createStringError("'" + path +
                             "' does not fit the net: " + join(wrong, "; "));
  if (!missing.empty())
    std::fprintf(stderr, "note: '%s' lacks %s, which begin fresh\n",
                 path.c_str(), join(missing, ", ").c_str());
  return Error::success();
}

} // namespace dlcc
