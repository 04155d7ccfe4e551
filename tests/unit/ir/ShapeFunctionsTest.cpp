//===- ShapeFunctionsTest.cpp - dims in, dims or a sentence out -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ir/ShapeFunctions.h"

#include "gtest/gtest.h"

using namespace dlcc;

namespace {

const Dim kBatch{64, "batch"};

Dim plain(int64_t size) { return {size, ""}; }

/// The dims as text, or the refusal.
std::string show(llvm::Expected<Dims> dims) {
  return dims ? toString(*dims) : llvm::toString(dims.takeError());
}

std::string show(llvm::Error error) {
  return error ? llvm::toString(std::move(error)) : "fits";
}

} // namespace

TEST(ShapeFunctions, rowsOfADimension) {
  EXPECT_EQ(getRowMultiple(kBatch, 64), 1);
  EXPECT_EQ(getRowMultiple({768, "batch*12"}, 64), 12);
  EXPECT_EQ(getRowMultiple(plain(64), 64), 0);
}

TEST(ShapeFunctions, transpose) {
  Dims x{kBatch, plain(3), plain(1)};
  EXPECT_EQ(show(inferTranspose(x, {2, 0, 1})), "[1, batch, 3]");
  EXPECT_EQ(show(inferTranspose({}, {})), "[]");
  EXPECT_EQ(show(inferTranspose(x, {0, 1})),
            "permutation has 2 entries for a tensor of rank 3");
  EXPECT_EQ(show(inferTranspose(x, {0, 1, 3})),
            "axis 3 is outside a tensor of rank 3");
}

TEST(ShapeFunctions, gather) {
  Dims x{kBatch, plain(3), plain(5)}, index{kBatch, plain(7)};
  EXPECT_EQ(show(inferGather(x, index, 1, 1)), "[batch, 7, 5]");
  EXPECT_EQ(show(inferGather({plain(3), plain(5)}, index, 0, 0)),
            "[batch, 7, 5]");
  EXPECT_EQ(show(inferGather(x, {}, 2, 0)), "[batch, 3]");
  EXPECT_EQ(show(inferGather(x, index, 0, 0)), "indices cannot go along batch");
  EXPECT_EQ(show(inferGather(x, {plain(7)}, 1, 1)),
            "paired dimensions differ: [batch] and [7]");
}

TEST(ShapeFunctions, broadcastTo) {
  EXPECT_EQ(show(checkBroadcast({plain(3)}, {1}, {kBatch, plain(3)})), "fits");
  EXPECT_EQ(show(checkBroadcast({plain(1)}, {0}, {kBatch})), "fits");
  EXPECT_EQ(show(checkBroadcast({plain(64)}, {0}, {kBatch})),
            "dimension of 64 cannot be broadcast to batch");
  EXPECT_EQ(show(checkBroadcast({plain(3)}, {}, {plain(3)})),
            "axes has 0 entries for a tensor of rank 1");
}

TEST(ShapeFunctions, reshape) {
  EXPECT_EQ(show(checkReshape({kBatch, plain(12)}, {{768, "batch*12"}})),
            "fits");
  EXPECT_EQ(show(checkReshape({plain(6)}, {plain(4)})),
            "a tensor of 6 elements cannot have shape [4]");
  // Rows stay together, whatever happens before and behind them.
  EXPECT_EQ(
      show(checkReshape({plain(4), kBatch, plain(6)},
                        {plain(2), plain(2), {128, "batch*2"}, plain(3)})),
      "fits");
  EXPECT_EQ(show(checkReshape({plain(4), kBatch}, {kBatch, plain(4)})),
            "the rows of [4, batch] do not stay together in [batch, 4]");
  EXPECT_EQ(show(checkReshape({kBatch, plain(4)}, {plain(256)})),
            "the rows of [batch, 4] do not stay together in [256]");
  EXPECT_EQ(show(checkReshape({plain(64)}, {kBatch})),
            "the rows of [64] do not stay together in [batch]");
  EXPECT_EQ(show(checkReshape({kBatch, kBatch}, {{4096, "batch*64"}})),
            "the rows of [batch, batch] do not stay together in [batch*64]");
}

TEST(ShapeFunctions, slice) {
  Dims x{kBatch, plain(8)};
  EXPECT_EQ(show(inferSlice(x, {0, 2}, {64, 3}, {1, 2})), "[batch, 3]");
  EXPECT_EQ(show(inferSlice(x, {1, 0}, {7, 0}, {9, 1})), "[7, 0]");
  EXPECT_EQ(show(inferSlice(x, {0, 7}, {64, 2}, {1, 1})),
            "index 8 is outside dimension 1 of 8");
}

TEST(ShapeFunctions, padInvertsSlice) {
  EXPECT_EQ(show(inferPad({plain(3)}, {2}, {1}, {1})), "[8]");
  EXPECT_EQ(show(inferPad({kBatch, plain(1)}, {0, 0}, {0, 0}, {0, 5})),
            "[batch, 1]");
  EXPECT_EQ(show(inferPad({plain(3)}, {0}, {-1}, {0})),
            "padding is at least 0");
}

TEST(ShapeFunctions, windowsSlideToPlacesAndAreLast) {
  Dims x{kBatch, plain(9), plain(4)};
  EXPECT_EQ(show(inferWindow(x, {1, 2}, {3, 4}, {2, 1}, {-2, 1})),
            "[batch, 3, 1, 3, 4]");
  EXPECT_EQ(show(inferWindow(x, {}, {}, {}, {})), "[batch, 9, 4]");
  EXPECT_EQ(show(inferWindow(x, {3}, {1}, {1}, {1})),
            "axis 3 is outside a tensor of rank 3");
  EXPECT_EQ(show(inferWindow(x, {2}, {3}, {1}, {2})),
            "a window that reaches over 5 does not fit into dimension 2 of 4");
}

TEST(ShapeFunctions, concat) {
  Dims a{kBatch, plain(3)}, b{kBatch, plain(5)}, c{plain(2), plain(3)};
  EXPECT_EQ(show(inferConcat({a, b, a}, 1)), "[batch, 11]");
  EXPECT_EQ(show(inferConcat({a, c}, 1)),
            "shapes [batch, 3] and [2, 3] differ beside axis 1");
  EXPECT_EQ(show(inferConcat({a, Dims{kBatch}}, 1)),
            "shapes [batch, 3] and [batch] differ in rank");
  EXPECT_EQ(show(inferConcat({}, 0)), "nothing to concatenate");
}

TEST(ShapeFunctions, reduce) {
  Dims x{kBatch, plain(3), plain(5)};
  EXPECT_EQ(show(inferReduce(x, {0, 2})), "[3]");
  EXPECT_EQ(show(inferReduce(x, {})), "[batch, 3, 5]");
  EXPECT_EQ(show(inferReduce(x, {2, 0})), "axes do not ascend");
  EXPECT_EQ(show(inferReduce(x, {-1})),
            "axis -1 is outside a tensor of rank 3");
}

TEST(ShapeFunctions, contract) {
  Dims x{kBatch, plain(784)}, w{plain(300), plain(784)};
  EXPECT_EQ(show(inferContract(x, w, {}, {}, {1}, {1})), "[batch, 300]");
  Dims a{plain(2), plain(5), plain(3)}, b{plain(3), plain(2), plain(7)};
  EXPECT_EQ(show(inferContract(a, b, {0}, {1}, {2}, {0})), "[2, 5, 7]");
  EXPECT_EQ(show(inferContract(x, x, {}, {}, {0, 1}, {0, 1})), "[]");
  EXPECT_EQ(show(inferContract(x, w, {}, {}, {0}, {0})),
            "paired dimensions differ: batch and 300");
  EXPECT_EQ(show(inferContract(x, w, {}, {}, {1}, {})),
            "both sides name different numbers of dimensions");
}

TEST(ShapeFunctions, numpyBroadcasting) {
  EXPECT_EQ(show(inferBroadcast({kBatch, plain(1)}, {plain(3)})), "[batch, 3]");
  EXPECT_EQ(show(inferBroadcast({}, {plain(3)})), "[3]");
  EXPECT_EQ(show(inferBroadcast({plain(2)}, {plain(3)})),
            "shapes [2] and [3] do not fit: 2 against 3");
}
