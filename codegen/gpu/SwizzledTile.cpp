//===- SwizzledTile.cpp - operands of matrix units in shared memory -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/SwizzledTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlcc::gpu {

Value SwizzledTile::address(DeviceBuilder &p, Value shared, Value row,
                            Value k) const {
  // The pattern of a line's number comes again after 8 lines.
  int64_t linesOfPattern = 8 * kChunkBytes / lineBytes();
  Value pattern = p.mul(p.div(p.rem(row, 8), linesOfPattern), kChunkBytes);
  Value inLine = arith::XOrIOp::create(*p, p.mul(k, elementBytes), pattern);
  return p.at(shared, p->getI8Type(), p.add(p.mul(row, lineBytes()), inLine));
}

} // namespace dlcc::gpu
