//===- StepVariables.h - what an update reads and writes --------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The variables behind one `dlc.update`: its parameter, its slots, and the
// control variables of the runtime. Those that are missing are declared.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_PASSES_STEPVARIABLES_H
#define DLCC_PASSES_STEPVARIABLES_H

#include "ir/Ops.h"

#include <string>

namespace dlcc {

/// The type in which an update computes: its gradient's, but at least f32.
mlir::RankedTensorType getUpdateType(dlc::UpdateOp update);

class StepVariables {
public:
  /// Ops are made by `builder` at the update's location; writes stand at the
  /// end of its function.
  StepVariables(dlc::UpdateOp update, mlir::OpBuilder &builder,
                mlir::SymbolTable &symbols);

  /// The function's read of the variable, made where there is none.
  mlir::Value read(llvm::StringRef name);
  /// A scalar that the runtime writes before each call.
  mlir::Value readControl(llvm::StringRef name, mlir::Type element);

  /// The parameter as training changes it: itself or, where it is the average
  /// that inference takes, the slot that follows the updates.
  llvm::StringRef getTrainedName() const { return trainedName; }
  mlir::Value readTrained() { return read(trainedName); }

  /// How many updates were made before this one, an i64.
  mlir::Value readUpdates();
  /// Whether this call begins an accumulation of gradients.
  mlir::Value isFirstCall();

  /// `weight/momentum`, or `weight/block/momentum` where several training
  /// blocks may update one parameter.
  std::string getSlotName(llvm::StringRef slot);
  /// A slot that begins with all elements at `initial`.
  mlir::Value readSlot(llvm::StringRef slot, mlir::RankedTensorType type,
                       double initial = 0);

  /// Narrows the value to the variable's type and writes it at the end; where
  /// gradients are accumulated, only at the last of the calls.
  void write(llvm::StringRef name, mlir::Value value);
  void writeAlways(llvm::StringRef name, mlir::Value value);

private:
  /// This call's number among those of one accumulation, an i64.
  mlir::Value readCall();
  dlc::UpdateOp update;
  mlir::OpBuilder &builder;
  mlir::SymbolTable &symbols;
  std::string trainedName;
};

/// Gives a parameter that is averaged a slot that training reads and writes in
/// its place, in all training steps; it begins at the parameter's value.
void averageParameter(llvm::StringRef parameter, mlir::SymbolTable &symbols);

} // namespace dlcc

#endif // DLCC_PASSES_STEPVARIABLES_H
