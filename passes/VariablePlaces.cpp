//===- VariablePlaces.cpp - where variables lie ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/VariablePlaces.h"

#include "dlcc/abi.h"
#include "ir/Target.h"
#include "passes/EntryCalls.h"

#include <cstddef>

using namespace mlir;
using namespace dlcc;

int64_t dlcc::getTensorBytes(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.getNumElements() *
         llvm::divideCeil(tensor.getElementTypeBitWidth(), 8);
}

static MemoryRegion getRegion(dlc::VariableKind kind) {
  switch (kind) {
  case dlc::VariableKind::Parameter:
  case dlc::VariableKind::Buffer:
    return Weights;
  case dlc::VariableKind::Slot:
    return Optimizer;
  case dlc::VariableKind::State:
    return State;
  case dlc::VariableKind::Control:
    return Control;
  case dlc::VariableKind::Sum:
    return Arena;
  }
  llvm_unreachable("unknown kind of variable");
}

/// Where the runtime keeps a control variable; -1 for an unknown name.
static int64_t getControlOffset(StringRef name) {
  return llvm::StringSwitch<int64_t>(name)
      .Case("$rows", offsetof(dlcc_control, rows))
      .Case("$step", offsetof(dlcc_control, step))
      .Case("$steps_per_epoch", offsetof(dlcc_control, steps_per_epoch))
      .Case("$seed", offsetof(dlcc_control, seed))
      .Case("$first_row", offsetof(dlcc_control, first_row))
      .Case("$learning_rate_scale", offsetof(dlcc_control, learning_rate_scale))
      .Default(-1);
}

/// Without gaps, since a region's size is what users see as the size of the
/// weights. Tensors of a multiple of 64 bytes come first and stay aligned to
/// that; the others follow by the size of their elements.
LogicalResult VariablePlaces::plan(ModuleOp module) {
  SmallVector<dlc::VariableOp> variables =
      llvm::to_vector(module.getOps<dlc::VariableOp>());
  SmallVector<dlc::VariableOp> byAlignment = variables;
  llvm::stable_sort(byAlignment, [](dlc::VariableOp a, dlc::VariableOp b) {
    auto rank = [](dlc::VariableOp variable) {
      if (getTensorBytes(variable.getType()) % kPlaceAlignment == 0)
        return kPlaceAlignment;
      auto type = cast<RankedTensorType>(variable.getType());
      return int64_t(llvm::divideCeil(type.getElementTypeBitWidth(), 8));
    };
    return rank(a) > rank(b);
  });
  for (dlc::VariableOp variable : byAlignment) {
    // Each entry has its sums where its plan says.
    if (variable.getKind() == dlc::VariableKind::Sum)
      continue;
    MemoryRegion region = getRegion(variable.getKind());
    int64_t offset = bytes[region];
    if (region == Control) {
      offset = getControlOffset(variable.getSymName());
      if (offset < 0)
        return variable.emitOpError("is no control variable of the runtime");
    } else {
      bytes[region] += getTensorBytes(variable.getType());
    }
    places[FlatSymbolRefAttr::get(variable.getSymNameAttr())] = {region,
                                                                 offset};
  }
  bytes[Control] = sizeof(dlcc_control);

  Builder builder(module.getContext());
  SmallVector<Attribute> list;
  for (dlc::VariableOp variable : variables) {
    if (variable.getKind() == dlc::VariableKind::Control ||
        variable.getKind() == dlc::VariableKind::Sum)
      continue;
    Place place = places[FlatSymbolRefAttr::get(variable.getSymNameAttr())];
    NamedAttrList entry;
    entry.append("name", variable.getSymNameAttr());
    entry.append("kind", variable.getKindAttr());
    entry.append("type", TypeAttr::get(getNamedType(variable)));
    if (variable.getTrainable())
      entry.append("trainable", builder.getUnitAttr());
    entry.append("offset", builder.getI64IntegerAttr(place.offset));
    entry.append("bytes",
                 builder.getI64IntegerAttr(getTensorBytes(variable.getType())));
    list.push_back(entry.getDictionary(module.getContext()));
  }
  descriptions = builder.getArrayAttr(list);
  return success();
}
