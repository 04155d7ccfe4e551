//===- Frontend.h - from Caffe's files to the model language ----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one header of this room that others include. Reads a net or a solver in
// protobuf's text format and puts it into the model language, whose reader
// evaluates it; reads the weights of a .caffemodel. `docs/caffe.md` says what
// is read and what is refused.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_FRONTEND_H
#define DLCC_FRONTEND_CAFFE_FRONTEND_H

#include "frontend/Frontend.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlcc::caffe_reader {

/// What is known of a field of the data: the dimensions of a row, -1 where rows
/// differ.
struct DataField {
  std::vector<int64_t> dims;
  bool isBytes;
};

struct Options {
  std::string path; ///< a net, or a solver that names one
  /// Files in the model language with the functions of a net's own layers.
  std::vector<std::string> imports;
  std::optional<int64_t> batch;  ///< empty: the file's
  std::vector<std::string> dims; ///< the named dimensions that have numbers
  bool training = false;         ///< what only training needs must be there
  bool needsSolver = false;      ///< a net alone is refused
  /// Asked for the data's field of a name, where the data are known.
  std::function<std::optional<DataField>(const std::string &name)> dataField;
};

/// The blobs of a layer in a .caffemodel, in their order.
struct LayerBlobs {
  std::string layer;
  /// What each is called here; layers that share one have one name for it.
  std::vector<std::string> names;
  /// A layer of the user's own: its parameters are those below its name, in the
  /// order in which its function makes them.
  bool isCustom = false;
};

struct Result {
  frontend::Translation translation;
  /// Rows of a call by the file, where `batch` has no number of its own in the
  /// text.
  std::optional<int64_t> batch;
  /// Whether the rows are a number in the text, because layers move them.
  bool hasFixedRows = false;
  std::vector<LayerBlobs> blobs;
  /// Options of the training program that the solver implies: flag and value.
  std::vector<std::pair<std::string, std::string>> programOptions;
};

/// Nothing where a file was refused; the sink has heard why.
std::optional<Result> readModel(const Options &options,
                                const frontend::DiagnosticSink &sink);

/// A blob of a .caffemodel, under the name of a parameter.
struct StoredBlob {
  std::string name;
  std::vector<int64_t> dims; ///< as stored, older files with leading ones
  std::vector<float> elements;
};

/// The blobs of the file that `blobs` names; for a custom layer they are called
/// NAME.0, NAME.1, … Surplus layers are left out. Throws nothing: an error text
/// where the file is refused.
struct StoredWeights {
  std::vector<StoredBlob> blobs;
  std::string error; ///< "" where all went well
};
StoredWeights readWeights(const std::string &path,
                          const std::vector<LayerBlobs> &blobs);

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_FRONTEND_H
