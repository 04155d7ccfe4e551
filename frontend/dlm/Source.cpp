//===- Source.cpp - the texts of a model and places in them ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Source.h"

#include <algorithm>

using namespace dlcc::dlm;

uint32_t Sources::add(std::string path, std::string text, bool isPrelude) {
  auto file = std::make_unique<SourceFile>();
  file->path = std::move(path);
  file->text = std::move(text);
  file->isPrelude = isPrelude;
  file->lineStarts.push_back(0);
  for (size_t i = 0; i < file->text.size(); ++i)
    if (file->text[i] == '\n')
      file->lineStarts.push_back(i + 1);
  files.push_back(std::move(file));
  return files.size() - 1;
}

llvm::StringRef Sources::text(Range range) const {
  return llvm::StringRef(files[range.file]->text).slice(range.begin, range.end);
}

LineColumn Sources::position(uint32_t file, uint32_t offset) const {
  const std::vector<uint32_t> &starts = files[file]->lineStarts;
  auto next = std::upper_bound(starts.begin(), starts.end(), offset);
  unsigned line = next - starts.begin();
  return {line, offset - starts[line - 1] + 1};
}

llvm::StringRef Sources::line(uint32_t file, unsigned line) const {
  const SourceFile &source = *files[file];
  llvm::StringRef rest =
      llvm::StringRef(source.text).drop_front(source.lineStarts[line - 1]);
  return rest.take_until([](char c) { return c == '\n'; }).rtrim('\r');
}
