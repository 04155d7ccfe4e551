//===- FlagCall.h - a call that a flag spells -------------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_FRONTEND_ONNX_FLAGCALL_H
#define DLCC_FRONTEND_ONNX_FLAGCALL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlcc::onnx_reader {

/// `adam(learning_rate = 0.01)`, `softmax_cross_entropy(logits, axis = 1)`, or
/// a name alone.
struct FlagCall {
  std::string flag; ///< --loss, for messages
  std::string text; ///< as the user wrote it
  std::string function;
  std::string argument; ///< the one without a name; may be empty
  std::vector<std::pair<std::string, std::string>> settings;

  /// Throws a Refusal where the text has another form.
  static FlagCall parse(llvm::StringRef flag, llvm::StringRef text);

  /// A setting's number; nothing where it is not given.
  std::optional<double> number(llvm::StringRef name) const;
  /// Refuses settings that are none of these.
  void allow(llvm::ArrayRef<llvm::StringRef> names) const;
};

} // namespace dlcc::onnx_reader

#endif // DLCC_FRONTEND_ONNX_FLAGCALL_H
