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

uint32_t Sources::add(const frontend::Translation &translation) {
  uint32_t file = add(translation.files.front().path, translation.text);
  files[file]->translation = &translation;
  // Behind it the files that it comes from, in their order.
  for (const auto &original : translation.files)
    add(original.path, original.text);
  return file;
}

/// The text up to the line feed.
static llvm::StringRef firstLine(llvm::StringRef text) {
  return text.take_until([](char c) { return c == '\n'; }).rtrim('\r');
}

/// Line `number`, from 1 on; empty beyond the file's end.
static llvm::StringRef lineOf(const SourceFile &file, unsigned number) {
  if (number > file.lineStarts.size())
    return "";
  return firstLine(
      llvm::StringRef(file.text).drop_front(file.lineStarts[number - 1]));
}

Place Sources::place(Range range) const {
  const SourceFile &source = *files[range.file];
  const std::vector<uint32_t> &starts = source.lineStarts;
  auto next = std::upper_bound(starts.begin(), starts.end(), range.begin);
  unsigned line = next - starts.begin();
  if (const frontend::Translation *translation = source.translation) {
    size_t known = translation->places.size();
    const auto &from = translation->places[std::min<size_t>(line, known) - 1];
    const SourceFile &file = *files[range.file + 1 + from.file];
    return {file.path, from.line, from.column, lineOf(file, from.line),
            from.subject};
  }
  uint32_t start = starts[line - 1];
  return {source.path, line, range.begin - start + 1,
          firstLine(llvm::StringRef(source.text).drop_front(start)), ""};
}
