//===- Phase.cpp - the part of a step that an op belongs to ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Phase.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

namespace dlcc {

/// The phase that this very location marks, or null.
static StringAttr getOwnPhase(Location location) {
  auto fused = dyn_cast<FusedLoc>(location);
  return fused ? dyn_cast_if_present<StringAttr>(fused.getMetadata())
               : StringAttr();
}

Location withPhase(Location location, StringRef phase) {
  MLIRContext *context = location.getContext();
  return FusedLoc::get({withoutPhase(location)},
                       StringAttr::get(context, phase), context);
}

StringRef getPhase(Location location) {
  StringRef phase = kForwardPhase;
  location->walk([&](Location inner) {
    StringAttr own = getOwnPhase(inner);
    if (!own)
      return WalkResult::advance();
    phase = own.getValue();
    return WalkResult::interrupt();
  });
  return phase;
}

Location withoutPhase(Location location) {
  if (!getOwnPhase(location))
    return location;
  auto locations = cast<FusedLoc>(location).getLocations();
  return locations.size() == 1
             ? locations.front()
             : FusedLoc::get(location.getContext(), locations);
}

} // namespace dlcc
