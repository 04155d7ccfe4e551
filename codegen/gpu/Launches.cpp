//===- Launches.cpp - the launches that a kernel consists of --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/Launches.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace dlcc;
using namespace dlcc::gpu;

std::string dlcc::gpu::deviceName(StringRef kernel) {
  // Nodes of ONNX may be called anything; a dollar sign is nobody's own.
  std::string name;
  for (char c : kernel) {
    if (llvm::isAlnum(c) || c == '_')
      name += c;
    else if (c == '.')
      name += '$';
    else
      name += "$$" + llvm::toHex(StringRef(&c, 1));
  }
  return name;
}

static Attribute describe(Builder &b, ArrayRef<Launch> launches) {
  SmallVector<Attribute> list;
  for (const Launch &launch : launches)
    list.push_back(b.getDictionaryAttr(
        {b.getNamedAttr("entry", b.getStringAttr(launch.entry)),
         b.getNamedAttr("grid", b.getDenseI64ArrayAttr(launch.grid)),
         b.getNamedAttr("block", b.getI64IntegerAttr(launch.block)),
         b.getNamedAttr("shared", b.getI64IntegerAttr(launch.sharedBytes))}));
  return b.getArrayAttr(list);
}

void dlcc::gpu::setLaunches(func::FuncOp planned,
                            ArrayRef<SmallVector<Launch>> launches) {
  Builder b(planned.getContext());
  SmallVector<Attribute> levels;
  for (ArrayRef<Launch> level : launches)
    levels.push_back(describe(b, level));
  planned->setAttr(attr::kLaunches, b.getArrayAttr(levels));
}

SmallVector<Launch> dlcc::gpu::getLaunches(func::FuncOp planned, size_t level) {
  SmallVector<Launch> launches;
  auto levels = planned->getAttrOfType<ArrayAttr>(attr::kLaunches);
  auto list = cast<ArrayAttr>(levels[level]);
  for (auto entry : list.getAsRange<DictionaryAttr>()) {
    Launch &launch = launches.emplace_back();
    launch.entry = entry.getAs<StringAttr>("entry").str();
    llvm::copy(entry.getAs<DenseI64ArrayAttr>("grid").asArrayRef(),
               launch.grid);
    launch.block = entry.getAs<IntegerAttr>("block").getInt();
    launch.sharedBytes = entry.getAs<IntegerAttr>("shared").getInt();
  }
  return launches;
}
