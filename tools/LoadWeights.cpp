//===- LoadWeights.cpp - weights of any format in and out -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/LoadWeights.h"

#include "runtime/Tensors.h"
#include "tools/CaffeFiles.h"
#include "tools/CaffeWeights.h"
#include "tools/WeightsArchive.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

#include <cstdio>

using namespace llvm;

namespace dlcc {

static std::vector<const dlcc_variable *> weightsOf(dlcc_instance *instance) {
  const dlcc_model &model = *dlcc_get_model(instance);
  std::vector<const dlcc_variable *> weights;
  for (int32_t i = 0; i != model.num_variables; ++i)
    if (model.variables[i].kind == DLCC_PARAMETER ||
        model.variables[i].kind == DLCC_BUFFER)
      weights.push_back(&model.variables[i]);
  return weights;
}

static std::string describe(const StoredArray &array) {
  std::string type = array.type < 0 ? array.typeName + " " : "";
  return type + rt::typeText(std::max(array.type, 0), array.dims);
}

/// Compares all names, types and shapes before anything changes; says all that
/// is wrong in one sentence.
static Error checkArchive(const WeightsArchive &archive,
                          const StringMap<size_t> &places,
                          ArrayRef<const dlcc_variable *> wanted,
                          const std::string &path) {
  std::vector<std::string> wrong;
  for (const dlcc_variable *variable : wanted) {
    const dlcc_tensor &tensor = variable->tensor;
    std::string is = "'" + std::string(tensor.name) + "' is " +
                     rt::typeText(tensor) + " in the model and ";
    auto found = places.find(tensor.name);
    if (found == places.end()) {
      wrong.push_back(is + "missing in the file");
      continue;
    }
    const StoredArray &array = archive.arrays[found->second];
    if (array.type != tensor.type ||
        ArrayRef(array.dims) != ArrayRef(tensor.dims, tensor.rank))
      wrong.push_back(is + describe(array) + " in the file");
  }
  if (wrong.empty())
    return Error::success();
  return createStringError("'" + path +
                           "' does not fit the model: " + join(wrong, "; "));
}

/// A name out of a file, without what would steer a terminal.
static std::string printable(std::string name) {
  for (char &c : name)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      c = '?';
  return name;
}

/// Says which arrays nobody took, the first of them by name.
static void noteSurplus(const WeightsArchive &archive,
                        const StringMap<size_t> &places,
                        const std::string &path) {
  constexpr size_t most = 8;
  std::vector<std::string> names;
  for (const StoredArray &array : archive.arrays)
    if (places.count(array.name) && names.size() != most)
      names.push_back("'" + printable(array.name) + "'");
  if (names.empty())
    return;
  std::string more =
      places.size() > names.size()
          ? " and " + std::to_string(places.size() - names.size()) + " more"
          : "";
  std::fprintf(stderr,
               "note: '%s' also holds %s%s, which the model does not use\n",
               path.c_str(), join(names, ", ").c_str(), more.c_str());
}

/// Throws what the archives throw.
static Error loadArchive(dlcc_instance *instance, const std::string &path) {
  std::unique_ptr<WeightsArchive> archive = openWeightsArchive(path);
  std::vector<const dlcc_variable *> wanted = weightsOf(instance);
  StringMap<size_t> places;
  for (size_t i = 0; i != archive->arrays.size(); ++i)
    places[archive->arrays[i].name] = i;
  if (Error error = checkArchive(*archive, places, wanted, path))
    return error;
  std::vector<char> elements;
  for (const dlcc_variable *variable : wanted) {
    auto found = places.find(variable->tensor.name);
    elements.resize(archive->arrays[found->second].bytes);
    archive->read(found->second, elements.data());
    places.erase(found);
    if (dlcc_set_parameter(instance, variable->tensor.name, elements.data(),
                           elements.size()) != DLCC_OK)
      return createStringError(Twine(dlcc_last_error()));
  }
  noteSurplus(*archive, places, path);
  return Error::success();
}

Error loadWeights(dlcc_instance *instance, const std::string &path,
                  const CompileOptions &options, bool completes) {
  if (isCaffeModel(path))
    return loadCaffeModel(instance, path, options, completes);
  if (isWeightsArchive(path)) {
    try {
      return loadArchive(instance, path);
    } catch (const std::exception &failure) {
      return createStringError(Twine(failure.what()));
    }
  }
  if (dlcc_load(instance, path.c_str()) == DLCC_OK)
    return Error::success();
  return createStringError(Twine(dlcc_last_error()));
}

Error saveWeights(dlcc_instance *instance, const std::string &path) {
  if (!isWeightsArchive(path)) {
    if (dlcc_save(instance, path.c_str()) == DLCC_OK)
      return Error::success();
    return createStringError(Twine(dlcc_last_error()));
  }
  if (dlcc_token_count(instance) > 0)
    std::fprintf(stderr,
                 "warning: '%s' cannot hold the model's vocabulary, which "
                 "stays in the weights file\n",
                 path.c_str());
  std::vector<ArrayToWrite> arrays;
  for (const dlcc_variable *variable : weightsOf(instance)) {
    std::vector<char> elements(variable->bytes);
    if (dlcc_get_parameter(instance, variable->tensor.name, elements.data(),
                           elements.size()) != DLCC_OK)
      return createStringError(Twine(dlcc_last_error()));
    arrays.push_back({&variable->tensor, std::move(elements)});
  }
  try {
    writeWeightsArchive(path, arrays);
  } catch (const std::exception &failure) {
    return createStringError(Twine(failure.what()));
  }
  return Error::success();
}

} // namespace dlcc
