//===- Tuning.cpp - the measured tiles that selection knows ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/cpu/Tuning.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace dlcc::cpu {

/// The text of MeasuredTiles.txt.
static constexpr char kMeasuredTiles[] =
#include "codegen/cpu/MeasuredTiles.inc"
    ;
static constexpr StringLiteral kMeasuredTilesPath =
    "codegen/cpu/MeasuredTiles.txt";

static FailureOr<TuningDatabase> parse(MLIRContext *context, StringRef text,
                                       StringRef path) {
  auto parsed = TuningDatabase::parse(text);
  if (auto *database = std::get_if<TuningDatabase>(&parsed))
    return std::move(*database);
  const auto &error = std::get<DatabaseError>(parsed);
  emitError(FileLineColLoc::get(context, path, error.line, error.column))
      << error.text;
  return failure();
}

static FailureOr<TuningDatabase> read(MLIRContext *context, StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (buffer)
    return parse(context, (*buffer)->getBuffer(), path);
  emitError(UnknownLoc::get(context))
      << "cannot read '" << path << "': " << buffer.getError().message();
  return failure();
}

FailureOr<Tuning> Tuning::create(MLIRContext *context, StringRef path,
                                 int64_t threads, StringRef database) {
  Tuning tuning;
  tuning.path = path;
  tuning.threads = threads;
  tuning.ownPath = database.empty() ? StringRef(kMeasuredTilesPath) : database;
  FailureOr<TuningDatabase> own =
      database.empty() ? parse(context, kMeasuredTiles, kMeasuredTilesPath)
                       : read(context, database);
  FailureOr<TuningDatabase> file =
      path.empty() ? TuningDatabase() : read(context, path);
  if (failed(own) || failed(file))
    return failure();
  tuning.own = std::move(*own);
  tuning.file = std::move(*file);
  return tuning;
}

std::optional<Tuning::Found> Tuning::find(StringRef target,
                                          StringRef product) const {
  if (const TunedTiles *entry = file.find(target, product, threads))
    return Found{entry, path, kFromTuning};
  // Tiles that were faster with some threads are so with others: each task is.
  if (const TunedTiles *entry = own.find(target, product, /*threads=*/0))
    return Found{entry, ownPath, kFromDatabase};
  return std::nullopt;
}

} // namespace dlcc::cpu
