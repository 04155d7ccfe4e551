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

static Attribute describe(Builder &b, const TensorMap &map) {
  return b.getDictionaryAttr(
      {b.getNamedAttr("buffer", b.getI64IntegerAttr(map.buffer)),
       b.getNamedAttr("offset", b.getI64IntegerAttr(map.offset)),
       b.getNamedAttr("extents",
                      b.getDenseI64ArrayAttr({map.columns, map.rows})),
       b.getNamedAttr("row_bytes", b.getI64IntegerAttr(map.rowBytes)),
       b.getNamedAttr("rows_of_row", b.getI64IntegerAttr(map.rowsOfRow)),
       b.getNamedAttr("box",
                      b.getDenseI64ArrayAttr({map.boxColumns, map.boxRows})),
       b.getNamedAttr("element", TypeAttr::get(map.element))});
}

static Attribute describe(Builder &b, const Launch &launch) {
  SmallVector<NamedAttribute> facts = {
      b.getNamedAttr("entry", b.getStringAttr(launch.entry)),
      b.getNamedAttr("grid", b.getDenseI64ArrayAttr(launch.grid)),
      b.getNamedAttr("block", b.getI64IntegerAttr(launch.block)),
      b.getNamedAttr("shared", b.getI64IntegerAttr(launch.sharedBytes))};
  SmallVector<Attribute> maps;
  for (const TensorMap &map : launch.maps)
    maps.push_back(describe(b, map));
  if (!maps.empty())
    facts.push_back(b.getNamedAttr("maps", b.getArrayAttr(maps)));
  return b.getDictionaryAttr(facts);
}

static TensorMap readMap(DictionaryAttr facts) {
  auto number = [&](StringRef name) {
    return facts.getAs<IntegerAttr>(name).getInt();
  };
  auto extents = facts.getAs<DenseI64ArrayAttr>("extents").asArrayRef();
  auto box = facts.getAs<DenseI64ArrayAttr>("box").asArrayRef();
  return {number("buffer"),
          number("offset"),
          extents[0],
          extents[1],
          number("row_bytes"),
          number("rows_of_row"),
          box[0],
          box[1],
          facts.getAs<TypeAttr>("element").getValue()};
}

void dlcc::gpu::setLaunches(func::FuncOp planned,
                            ArrayRef<SmallVector<Launch>> launches) {
  Builder b(planned.getContext());
  SmallVector<Attribute> levels;
  for (ArrayRef<Launch> level : launches) {
    SmallVector<Attribute> list;
    for (const Launch &launch : level)
      list.push_back(describe(b, launch));
    levels.push_back(b.getArrayAttr(list));
  }
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
    if (auto maps = entry.getAs<ArrayAttr>("maps"))
      for (auto map : maps.getAsRange<DictionaryAttr>())
        launch.maps.push_back(readMap(map));
  }
  return launches;
}
