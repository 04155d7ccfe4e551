//===- CaffeFiles.cpp - files of Caffe's among the inputs -----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/CaffeFiles.h"

#include "llvm/ADT/StringRef.h"

namespace dlcc {

bool isCaffe(const std::string &path) {
  llvm::StringRef text = path;
  return text.ends_with(".prototxt") || text.ends_with(".pbtxt") ||
         isCaffeModel(path);
}

bool isCaffeModel(const std::string &path) {
  return llvm::StringRef(path).ends_with(".caffemodel");
}

caffe_reader::Options caffeOptions(const CompileOptions &options) {
  caffe_reader::Options result;
  result.path = options.input;
  result.imports = options.imports;
  result.batch = options.batch;
  for (const auto &[name, number] : options.dims)
    result.dims.push_back(name);
  result.training = options.training;
  result.needsSolver = options.requireTraining;
  if (options.dataField)
    result.dataField =
        [&options](
            const std::string &name) -> std::optional<caffe_reader::DataField> {
      caffe_reader::DataField field;
      if (!options.dataField(name, field.dims, field.isBytes))
        return std::nullopt;
      return field;
    };
  return result;
}

} // namespace dlcc
