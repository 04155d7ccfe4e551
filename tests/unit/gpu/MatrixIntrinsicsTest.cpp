//===- MatrixIntrinsicsTest.cpp - tiles and their products ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The oracle is the table of "Matrix Fragments" in the PTX ISA: which element
// register i of lane l holds.
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"

#include "tests/gpu/emulator/Narrow.h"

#include <random>

using namespace dlcc;
using namespace dlcc::test;

namespace {

struct Place {
  int row, column;
};

/// Elements of A: 16 bits (8 of K = 16, 4 of K = 8), or tf32 (4 of K = 8).
Place placeInA(bool is16Bit, int lane, int i) {
  int group = lane / 4, inGroup = lane % 4;
  if (is16Bit)
    return {i % 4 < 2 ? group : group + 8,
            inGroup * 2 + (i & 1) + (i >= 4 ? 8 : 0)};
  return {i % 2 ? group + 8 : group, i < 2 ? inGroup : inGroup + 4};
}
Place placeInB(bool is16Bit, int lane, int i) {
  int group = lane / 4, inGroup = lane % 4;
  if (is16Bit)
    return {inGroup * 2 + (i & 1) + (i >= 2 ? 8 : 0), group};
  return {i == 0 ? inGroup : inGroup + 4, group};
}
Place placeInC(int lane, int i) {
  return {i < 2 ? lane / 4 : lane / 4 + 8, lane % 4 * 2 + (i & 1)};
}

struct Product {
  const char *intrinsic;
  const char *type; // of an operand register
  bool is16Bit;
  int k;
  uint16_t (*narrow)(float);
  float (*widen)(uint16_t);
};

uint16_t narrowF16(float value) { return emulator::toF16(value); }

class ProductTest : public testing::TestWithParam<Product> {};

TEST_P(ProductTest, IsTheProductOfTheTiles) {
  const Product &product = GetParam();
  int k = product.k, perRegister = product.is16Bit ? 2 : 1;
  int ofA = 16 * k / 32 / perRegister, ofB = 8 * k / 32 / perRegister;
  std::string body, call = "%x = call { float, float, float, float } "
                           "@llvm.nvvm.mma." +
                           std::string(product.intrinsic) + "(";
  std::string type = product.type;
  for (int i = 0; i < ofA + ofB; ++i) {
    std::string n = std::to_string(i);
    body += "%o" + n + " = bitcast i32 %a" + n + " to " + type + "\n";
    call += type + " %o" + n + ", ";
  }
  for (int i = 0; i < 4; ++i) {
    std::string n = std::to_string(i);
    body += "%c" + n + " = bitcast i32 %a" + std::to_string(ofA + ofB + i) +
            " to float\n";
    call += "float %c" + n + (i < 3 ? ", " : ")\n");
  }
  body += call;
  for (int i = 0; i < 4; ++i) {
    std::string n = std::to_string(i);
    body += "%d" + n + " = extractvalue { float, float, float, float } %x, " +
            n + "\n%r" + n + " = bitcast float %d" + n + " to i32\n";
  }
  Lanes lanes(ofA + ofB + 4, 4, body);

  // Small numbers: every sum is exact.
  std::mt19937 random(k);
  auto draw = [&] { return float(int(random() % 33) - 16) / 8; };
  float a[16][16], b[16][8], c[16][8];
  for (int m = 0; m < 16; ++m)
    for (int i = 0; i < k; ++i)
      a[m][i] = draw();
  for (int i = 0; i < k; ++i)
    for (int n = 0; n < 8; ++n)
      b[i][n] = draw();
  for (int m = 0; m < 16; ++m)
    for (int n = 0; n < 8; ++n)
      c[m][n] = draw();

  Words rows;
  for (int lane = 0; lane < 32; ++lane) {
    std::vector<uint32_t> row(ofA + ofB + 4);
    auto put = [&](int base, int i, float value) {
      if (product.is16Bit)
        row[base + i / 2] |= uint32_t(product.narrow(value)) << (16 * (i % 2));
      else // the rest of a word is ignored
        row[base + i] = bitsOf(value) | 0x1fff;
    };
    for (int i = 0; i < ofA * perRegister; ++i) {
      Place at = placeInA(product.is16Bit, lane, i);
      put(0, i, a[at.row][at.column]);
    }
    for (int i = 0; i < ofB * perRegister; ++i) {
      Place at = placeInB(product.is16Bit, lane, i);
      put(ofA, i, b[at.row][at.column]);
    }
    for (int i = 0; i < 4; ++i) {
      Place at = placeInC(lane, i);
      row[ofA + ofB + i] = bitsOf(c[at.row][at.column]);
    }
    rows.push_back(std::move(row));
  }
  Words result = lanes.run(rows);
  for (int lane = 0; lane < 32; ++lane)
    for (int i = 0; i < 4; ++i) {
      Place at = placeInC(lane, i);
      double sum = c[at.row][at.column];
      for (int j = 0; j < k; ++j)
        sum += double(a[at.row][j]) * b[j][at.column];
      EXPECT_EQ(floatOf(result[lane][i]), sum)
          << "lane " << lane << ", register " << i;
    }
  EXPECT_TRUE(stopped(lanes.fault(Words(rows.begin(), rows.begin() + 31)),
                      Fault::Kind::DivergentWarp, "32 lanes"));
}

INSTANTIATE_TEST_SUITE_P(
    Types, ProductTest,
    testing::Values(
        Product{"m16n8k16.row.col.bf16", "i32", true, 16, emulator::toBf16,
                emulator::fromBf16},
        Product{"m16n8k8.row.col.bf16", "i32", true, 8, emulator::toBf16,
                emulator::fromBf16},
        Product{"m16n8k16.row.col.f32.f32", "<2 x half>", true, 16, narrowF16,
                emulator::fromF16},
        Product{"m16n8k8.row.col.f32.f32", "<2 x half>", true, 8, narrowF16,
                emulator::fromF16},
        Product{"m16n8k8.row.col.tf32", "i32", false, 8, nullptr, nullptr},
        Product{"m16n8k4.row.col.tf32", "i32", false, 4, nullptr, nullptr}));

/// Element (row, column) of tile t is t * 64 + row * 8 + column.
uint32_t pairOf(int tile, int lane, bool isTransposed) {
  uint32_t elements[2];
  for (int i : {0, 1}) {
    int row = lane / 4, column = lane % 4 * 2 + i;
    elements[i] = uint32_t(
        tile * 64 + (isTransposed ? column * 8 + row : row * 8 + column));
  }
  return elements[1] << 16 | elements[0];
}

/// Each lane fills row `tid` of shared memory with what lies in tile tid / 8.
constexpr const char *kFill = R"(
  %first = mul i32 %tid, 8
  %row = getelementptr i16, ptr addrspace(3) @rows, i32 %first
  br label %fill
fill:
  %i = phi i32 [0, %0], [%next, %fill]
  %element = add i32 %first, %i
  %value = trunc i32 %element to i16
  %at = getelementptr i16, ptr addrspace(3) %row, i32 %i
  store i16 %value, ptr addrspace(3) %at
  %next = add i32 %i, 1
  %more = icmp ult i32 %next, 8
  br i1 %more, label %fill, label %filled
filled:
  call void @llvm.nvvm.bar.warp.sync(i32 -1)
)";
constexpr const char *kRows =
    "@rows = internal addrspace(3) global [256 x i16] undef, align 16";

class TilesTest : public testing::TestWithParam<std::pair<int, bool>> {};

TEST_P(TilesTest, AreLoadedByTheirRows) {
  auto [tiles, isTransposed] = GetParam();
  std::string type = "i32";
  if (tiles > 1) {
    type = "{ i32";
    for (int i = 1; i < tiles; ++i)
      type += ", i32";
    type += " }";
  }
  std::string body = std::string(kFill) + "%x = call " + type +
                     " @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x" +
                     std::to_string(tiles) + (isTransposed ? ".trans" : "") +
                     ".b16.p3(ptr addrspace(3) %row)\n";
  for (int i = 0; i < tiles; ++i) {
    std::string n = std::to_string(i);
    body += tiles == 1
                ? "%r0 = add i32 %x, 0\n"
                : "%r" + n + " = extractvalue " + type + " %x, " + n + "\n";
  }
  Lanes lanes(1, tiles, body, kRows);
  Words result = lanes.run(Words(32, {0}));
  for (int lane = 0; lane < 32; ++lane)
    for (int tile = 0; tile < tiles; ++tile)
      EXPECT_EQ(result[lane][tile], pairOf(tile, lane, isTransposed))
          << "lane " << lane << ", tile " << tile;
}

TEST_P(TilesTest, AreStoredWhereTheyAreLoadedFrom) {
  auto [tiles, isTransposed] = GetParam();
  std::string arguments, results, suffix = isTransposed ? ".trans" : "";
  for (int i = 0; i < tiles; ++i)
    arguments += ", i32 %a" + std::to_string(i);
  // What a lane's row holds then; rows of tiles that were not stored stay.
  for (int i = 0; i < 4; ++i) {
    std::string n = std::to_string(i);
    results += "%word" + n +
               " = getelementptr i32, ptr addrspace(3) %row, i32 " + n +
               "\n%r" + n + " = load i32, ptr addrspace(3) %word" + n + "\n";
  }
  Lanes lanes(tiles, 4,
              std::string(kFill) +
                  "call void @llvm.nvvm.stmatrix.sync.aligned.m8n8.x" +
                  std::to_string(tiles) + suffix +
                  ".b16.p3(ptr addrspace(3) %row" + arguments +
                  ")\ncall void @llvm.nvvm.bar.warp.sync(i32 -1)\n" + results,
              kRows);
  Words rows;
  for (int lane = 0; lane < 32; ++lane) {
    std::vector<uint32_t> row;
    for (int tile = 0; tile < tiles; ++tile)
      row.push_back(pairOf(tile, lane, isTransposed) + 0x10001000u);
    rows.push_back(row);
  }
  Words result = lanes.run(rows);
  for (uint32_t lane = 0; lane < 32; ++lane)
    for (uint32_t word = 0; word < 4; ++word) {
      uint32_t element = lane * 8 + word * 2;
      uint32_t expected = (element + 1) << 16 | element;
      if (int(lane) < 8 * tiles)
        expected += 0x10001000u;
      EXPECT_EQ(result[lane][word], expected) << lane << " " << word;
    }
}

INSTANTIATE_TEST_SUITE_P(Forms, TilesTest,
                         testing::Values(std::pair(1, false),
                                         std::pair(2, false),
                                         std::pair(4, false),
                                         std::pair(1, true), std::pair(2, true),
                                         std::pair(4, true)));

TEST(MatrixIntrinsics, RowsBeginAtMultiplesOf16Bytes) {
  Lanes lanes(1, 1,
              std::string(kFill) +
                  "%odd = getelementptr i16, ptr addrspace(3) %row, i32 %a0\n"
                  "%r0 = call i32 @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x1.b16"
                  ".p3(ptr addrspace(3) %odd)",
              kRows);
  EXPECT_TRUE(isDone(lanes.fault(Words(32, {0}))));
  EXPECT_TRUE(stopped(lanes.fault(Words(32, {4})), Fault::Kind::Misaligned,
                      "multiple of 16"));
}

} // namespace
