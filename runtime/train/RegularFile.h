//===- RegularFile.h - files that are data ------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_TRAIN_REGULARFILE_H
#define DLCC_RUNTIME_TRAIN_REGULARFILE_H

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace dlcc::train {

/// Opens a file for reading and tells its size. Refuses what is no regular
/// file: a pipe would wait forever.
int openRegularFile(const std::string &path, int64_t &bytes);

/// The same as a stream of C.
std::unique_ptr<FILE, int (*)(FILE *)>
openRegularStream(const std::string &path);

} // namespace dlcc::train

#endif // DLCC_RUNTIME_TRAIN_REGULARFILE_H
