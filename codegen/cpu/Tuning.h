//===- Tuning.h - the measured tiles that selection knows -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_CPU_TUNING_H
#define DLCC_CODEGEN_CPU_TUNING_H

#include "codegen/TuningDatabase.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Support/LLVM.h"

#include <optional>

namespace dlcc::cpu {

/// Which of the databases has tiles, as `dlc.tiles_from` says it.
inline constexpr llvm::StringLiteral kFromDatabase = "database";
inline constexpr llvm::StringLiteral kFromTuning = "tuning";

/// The database that is a part of the compiler (`MeasuredTiles.txt`), and one
/// in a file that goes before it.
class Tuning {
public:
  /// Reads the file, of which only what was measured with so many threads is
  /// looked at; "": none. `database` names one to take instead of the
  /// compiler's own. Diagnoses what cannot be read, at its place.
  static mlir::FailureOr<Tuning> create(mlir::MLIRContext *context,
                                        llvm::StringRef path, int64_t threads,
                                        llvm::StringRef database = "");

  struct Found {
    const TunedTiles *entry;
    llvm::StringRef file; ///< with the entry's line
    llvm::StringRef from; ///< kFromDatabase or kFromTuning
  };
  std::optional<Found> find(llvm::StringRef target,
                            llvm::StringRef product) const;

private:
  TuningDatabase own, file;
  std::string path, ownPath;
  int64_t threads = 0;
};

} // namespace dlcc::cpu

#endif // DLCC_CODEGEN_CPU_TUNING_H
