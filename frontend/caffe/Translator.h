//===- Translator.h - a net in the model language ---------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_TRANSLATOR_H
#define DLCC_FRONTEND_CAFFE_TRANSLATOR_H

#include "frontend/caffe/Frontend.h"
#include "frontend/caffe/LayerText.h"

#include <map>
#include <set>

namespace dlcc::caffe_reader {

/// What feeds an input in one phase: a field of the data with functions of the
/// reader around it.
struct InputFeed {
  std::string expression;
  Place place;
  std::string subject;
};

/// Goes through a net's layers in order and writes the lines of the model and
/// of its training block. Mistakes are collected, and what follows from one is
/// not said.
class Translator {
public:
  Translator(const Net &net, const Options &options, bool hasSolver);

  void run();

  // What LayerText asks.
  std::string valueOf(const Layer &layer, const std::string &blob);
  void makeLayer(const Layer &layer, Call call,
                 llvm::ArrayRef<llvm::StringRef> blobs, bool isCustom = false);

  // What data layers ask (DataLayers.cpp).
  /// The input of a net, or of its training where `isLabel`.
  void addInput(const Layer &layer, const std::string &name,
                std::vector<std::string> dims, bool isLabel);
  void addFeed(const Layer &layer, const std::string &input,
               const std::string &expression);
  bool isClassLabel(const std::string &blob) const {
    return classLabels.count(blob);
  }
  /// Rows of a batch by a data layer: the first one of the training net counts.
  void setBatch(const Layer &layer, int64_t rows);
  const Options &getOptions() const { return options; }
  /// The dimension of rows, and dimensions that begin with it where their first
  /// number is the net's batch.
  std::string rows() const;
  std::vector<std::string> inputDims(llvm::ArrayRef<int64_t> dims) const;

  /// How the rate and decay of parameters differ from the solver's.
  struct TrainedBlob {
    std::string name;
    ParamSpec spec;
  };

  ModelText model, training, data;
  std::vector<std::string> modelInputs, labelInputs, outputs;
  std::vector<LayerBlobs> blobs;
  std::vector<TrainedBlob> trainedBlobs;
  std::optional<int64_t> batch;
  bool hasFixedRows = false;
  std::vector<std::pair<Refusal, std::string>> errors; ///< and its subject

private:
  enum class Section { Model, Training };
  struct Blob {
    std::string name; ///< in the language
    Section section = Section::Model;
    bool inTrain = false, inTest = false, isInput = false, isBroken = false;
    bool isConsumed = false;  ///< by a layer of the model in the test phase
    bool isTrainedOn = false; ///< read by the training block
    bool isOrdered = false;   ///< stands in `order`
  };
  struct SharedBlob {
    std::string reference; ///< conv1_shared.weight
    std::string name;      ///< conv1.weight, as it is stored
  };
  /// A term of the loss.
  struct Term {
    const Layer *layer;
    std::string top;
    double weight;
  };

  void scan();
  void scanRows(const Layer &layer);
  void findTerms();
  void writeLayer(const Layer &layer);
  bool isConditional(const Layer &layer) const;
  Section sectionOf(const Layer &layer) const;
  void bindTops(const Layer &layer, Section section, bool inTrain, bool inTest);
  void addLine(const Layer &layer, Section section, const std::string &text,
               bool isConditional, const std::string &subject);
  std::string shareBlobs(const Layer &layer, Call &call,
                         llvm::ArrayRef<llvm::StringRef> blobs);
  void addLoss();
  void findOutputs();

  const Net &net;
  const Options &options;
  bool hasSolver, hasData = false;
  Identifiers names;
  std::map<std::string, Blob> values;
  std::vector<std::string> order; ///< of blobs, as they are made
  std::set<std::string> classLabels;
  std::map<std::string, unsigned> sharers; ///< layers with a blob of that name
  std::map<std::string, SharedBlob> shared;
  std::vector<Term> terms;
  std::map<const Layer *, const Term *> termOf; ///< a layer's first
  llvm::StringSet<> trainedTops; ///< of the layers of the training phase
  std::vector<std::string> trainOnlyLosses;
  std::map<std::string, InputFeed> trainFeeds, testFeeds;
  bool hasBatchOfTraining = false;
  const Layer *rowMover = nullptr; ///< a layer for which rows are a number
};

/// Whether the type makes inputs.
bool isDataLayer(llvm::StringRef type);
/// Reads a layer of such a type: its tops become inputs.
void readDataLayer(const Layer &layer, Translator &net);

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_TRANSLATOR_H
