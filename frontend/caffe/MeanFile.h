//===- MeanFile.h - the mean image of a binaryproto -------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_MEANFILE_H
#define DLCC_FRONTEND_CAFFE_MEANFILE_H

#include "frontend/caffe/Message.h"

namespace dlcc::caffe_reader {

/// A path in a file of Caffe's, which means one from the folder where Caffe
/// runs: as it stands where there is such a file, else from the file's folder
/// on, else only its last element there. Empty where there is none.
std::string findFile(const std::string &from, const std::string &path);

/// The elements of the mean that a field names, [channels, height, width].
/// Throws Refusal.
std::vector<double> readMeanFile(const std::string &from, const Field &field);

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_MEANFILE_H
