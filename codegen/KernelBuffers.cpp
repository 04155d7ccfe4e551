//===- KernelBuffers.cpp - the buffers behind tensors ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuffers.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"

using namespace mlir;

std::optional<unsigned> dlcc::inputNumber(Value tensor) {
  if (auto read = tensor.getDefiningOp<bufferization::ToTensorOp>())
    if (auto argument = dyn_cast<BlockArgument>(read.getBuffer()))
      return argument.getArgNumber();
  return std::nullopt;
}

SmallVector<unsigned> dlcc::outputNumbers(Value tensor) {
  SmallVector<unsigned> numbers;
  for (Operation *user : tensor.getUsers())
    if (auto write = dyn_cast<bufferization::MaterializeInDestinationOp>(user))
      if (write.getSource() == tensor)
        if (auto argument = dyn_cast<BlockArgument>(write.getDest()))
          numbers.push_back(argument.getArgNumber());
  return numbers;
}
