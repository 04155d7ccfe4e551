//===- BinaryFile.h - messages of Caffe's binary files ----------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_BINARYFILE_H
#define DLCC_FRONTEND_CAFFE_BINARYFILE_H

#include "frontend/caffe/caffe.pb.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dlcc::caffe_reader {

/// Parses a file of at most 2 GB into a message; why it cannot, else "". What a
/// small file could make large in memory is refused first.
std::string readBinary(const std::string &path,
                       caffe_files::NetParameter &into);
std::string readBinary(const std::string &path, caffe_files::BlobProto &into);

/// The dimensions of a blob, as the file has them, and its elements; why they
/// do not agree, else "".
std::string readBlob(const caffe_files::BlobProto &blob,
                     std::vector<int64_t> &dims, std::vector<float> &elements);

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_BINARYFILE_H
