//===- TextFormat.h - protobuf's text format with places --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_CAFFE_TEXTFORMAT_H
#define DLCC_FRONTEND_CAFFE_TEXTFORMAT_H

#include "frontend/caffe/Message.h"

namespace dlcc::caffe_reader {

/// Parses a file's text, whose number is `file`; throws a Refusal at the first
/// mistake.
Message parseText(llvm::StringRef text, unsigned file);

} // namespace dlcc::caffe_reader

#endif // DLCC_FRONTEND_CAFFE_TEXTFORMAT_H
