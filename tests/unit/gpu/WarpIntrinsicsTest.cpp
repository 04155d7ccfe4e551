//===- WarpIntrinsicsTest.cpp - exchange between lanes --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"

using namespace dlcc;
using namespace dlcc::test;

namespace {

/// What CUDA documents of __shfl_*_sync: the lane whose value a lane gets.
int sourceOf(const std::string &mode, int lane, int operand, int width) {
  int first = lane / width * width, inGroup = lane % width;
  if (mode == "idx")
    return first + operand % width;
  // Values of earlier groups can be had, not those of later ones.
  if (mode == "bfly")
    return (lane ^ operand) / width > lane / width ? lane : lane ^ operand;
  int from = mode == "up" ? inGroup - operand : inGroup + operand;
  return from < 0 || from >= width ? lane : first + from;
}

class ShuffleTest : public testing::TestWithParam<std::string> {};

TEST_P(ShuffleTest, GivesWhatCudaDocuments) {
  const std::string &mode = GetParam();
  Lanes lanes(3, 2,
              "%x = call { i32, i1 } @llvm.nvvm.shfl.sync." + mode +
                  ".i32p(i32 -1, i32 %a0, i32 %a1, i32 %a2)\n"
                  "%r0 = extractvalue { i32, i1 } %x, 0\n"
                  "%p = extractvalue { i32, i1 } %x, 1\n"
                  "%r1 = zext i1 %p to i32");
  for (int width : {1, 2, 8, 32})
    for (int operand : {0, 1, 3, 7, 16, 31}) {
      Words rows;
      uint32_t control = (32 - width) << 8 | (mode == "up" ? 0 : 31);
      for (uint32_t lane = 0; lane < 32; ++lane)
        rows.push_back({100 + lane, uint32_t(operand), control});
      Words result = lanes.run(rows);
      for (int lane = 0; lane < 32; ++lane) {
        int from = sourceOf(mode, lane, operand, width);
        EXPECT_EQ(result[lane][0], 100u + from)
            << mode << " " << operand << " of " << width << ", lane " << lane;
        bool isInside = mode == "idx" || from != lane || operand == 0;
        EXPECT_EQ(result[lane][1], isInside) << "lane " << lane;
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Modes, ShuffleTest,
                         testing::Values("up", "down", "bfly", "idx"));

TEST(WarpIntrinsics, ShufflesFloats) {
  Lanes lanes(1, 1,
              "%f = bitcast i32 %a0 to float\n"
              "%x = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %f, "
              "i32 16, i32 31)\n"
              "%r0 = bitcast float %x to i32");
  Words rows;
  for (int lane = 0; lane < 32; ++lane)
    rows.push_back({bitsOf(0.5f + float(lane))});
  Words result = lanes.run(rows);
  for (int lane = 0; lane < 32; ++lane)
    EXPECT_EQ(floatOf(result[lane][0]), 0.5f + float(lane ^ 16));
}

TEST(WarpIntrinsics, SomeLanesShuffleAmongThemselves) {
  // Half of the warp gets each branch, with a mask of its own.
  std::string body = R"(
  %upper = icmp uge i32 %tid, 16
  br i1 %upper, label %high, label %low
high:
  %h = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 -65536, i32 %a0, i32 1, i32 31)
  br label %end
low:
  %l = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 65535, i32 %a0, i32 2, i32 31)
  br label %end
end:
  %r0 = phi i32 [%h, %high], [%l, %low])";
  Lanes lanes(1, 1, body);
  Words rows;
  for (uint32_t lane = 0; lane < 32; ++lane)
    rows.push_back({lane});
  Words result = lanes.run(rows);
  for (uint32_t lane = 0; lane < 32; ++lane)
    EXPECT_EQ(result[lane][0], lane < 16 ? lane ^ 2 : lane ^ 1);
}

TEST(WarpIntrinsics, AValueOfALaneThatTakesNoPartIsAFault) {
  Lanes lanes(1, 1,
              "%r0 = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 -1, i32 %a0, "
              "i32 16, i32 31)");
  EXPECT_TRUE(isDone(lanes.fault(Words(32, {1}))));
  // The warp has 20 lanes.
  EXPECT_TRUE(stopped(lanes.fault(Words(20, {1})), Fault::Kind::DivergentWarp,
                      "takes the value of lane"));
}

TEST(WarpIntrinsics, ALaneOutsideOfItsMaskIsAFault) {
  Lanes lanes(1, 1,
              "%r0 = call i32 @llvm.nvvm.shfl.sync.idx.i32(i32 1, i32 %a0, "
              "i32 0, i32 31)");
  EXPECT_TRUE(
      stopped(lanes.fault(Words(2, {1})), Fault::Kind::BadOperand, "mask"));
}

TEST(WarpIntrinsics, LanesAtDifferentInstructionsAreAFault) {
  Lanes lanes(1, 1, R"(
  %upper = icmp uge i32 %tid, 16
  br i1 %upper, label %high, label %low
high:
  %h = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 -1, i32 %a0, i32 1, i32 31)
  br label %end
low:
  %l = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 -1, i32 %a0, i32 1, i32 31)
  br label %end
end:
  %r0 = phi i32 [%h, %high], [%l, %low])");
  EXPECT_TRUE(stopped(lanes.fault(Words(32, {1})), Fault::Kind::DivergentWarp,
                      "waits at another instruction"));
}

TEST(WarpIntrinsics, LanesThatHaveExitedAreNotWaitedFor) {
  Lanes lanes(1, 1, R"(
  %upper = icmp uge i32 %tid, 8
  br i1 %upper, label %leave, label %stay
leave:
  ret void
stay:
  %r0 = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 -1, i32 %a0, i32 4, i32 31))");
  Words rows;
  for (uint32_t lane = 0; lane < 32; ++lane)
    rows.push_back({lane});
  Words result = lanes.run(rows);
  for (uint32_t lane = 0; lane < 8; ++lane)
    EXPECT_EQ(result[lane][0], lane ^ 4);
}

TEST(WarpIntrinsics, Votes) {
  Lanes lanes(1, 4, R"(
  %v = trunc i32 %a0 to i1
  %all = call i1 @llvm.nvvm.vote.all.sync(i32 -1, i1 %v)
  %any = call i1 @llvm.nvvm.vote.any.sync(i32 -1, i1 %v)
  %uni = call i1 @llvm.nvvm.vote.uni.sync(i32 -1, i1 %v)
  %r0 = zext i1 %all to i32
  %r1 = zext i1 %any to i32
  %r2 = zext i1 %uni to i32
  %r3 = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 %v))");
  for (uint32_t votes : {0u, ~0u, 1u, 0x80000000u, 0x12345678u}) {
    Words rows;
    for (int lane = 0; lane < 32; ++lane)
      rows.push_back({votes >> lane & 1});
    std::vector<uint32_t> expected = {votes == ~0u, votes != 0,
                                      votes == 0 || votes == ~0u, votes};
    for (const auto &row : lanes.run(rows))
      EXPECT_EQ(row, expected) << votes;
  }
}

TEST(WarpIntrinsics, Matches) {
  Lanes lanes(1, 3, R"(
  %r0 = call i32 @llvm.nvvm.match.any.sync.i32(i32 -1, i32 %a0)
  %all = call { i32, i1 } @llvm.nvvm.match.all.sync.i32p(i32 -1, i32 %a0)
  %r1 = extractvalue { i32, i1 } %all, 0
  %p = extractvalue { i32, i1 } %all, 1
  %r2 = zext i1 %p to i32)");
  Words rows;
  for (uint32_t lane = 0; lane < 32; ++lane)
    rows.push_back({lane % 2});
  Words result = lanes.run(rows);
  for (uint32_t lane = 0; lane < 32; ++lane)
    EXPECT_EQ(result[lane], (std::vector<uint32_t>{
                                lane % 2 ? 0xaaaaaaaau : 0x55555555u, 0, 0}));
  for (const auto &row : lanes.run(Words(32, {7})))
    EXPECT_EQ(row, (std::vector<uint32_t>{~0u, ~0u, 1}));
}

TEST(WarpIntrinsics, Reductions) {
  Lanes lanes(1, 4, R"(
  %r0 = call i32 @llvm.nvvm.redux.sync.add(i32 %a0, i32 -1)
  %r1 = call i32 @llvm.nvvm.redux.sync.min(i32 %a0, i32 -1)
  %r2 = call i32 @llvm.nvvm.redux.sync.umax(i32 %a0, i32 -1)
  %r3 = call i32 @llvm.nvvm.redux.sync.xor(i32 %a0, i32 -1))");
  Words rows;
  uint32_t sum = 0, bits = 0;
  for (uint32_t lane = 0; lane < 32; ++lane) {
    uint32_t value = lane * lane - 5;
    rows.push_back({value});
    sum += value;
    bits ^= value;
  }
  for (const auto &row : lanes.run(rows))
    EXPECT_EQ(row,
              (std::vector<uint32_t>{sum, uint32_t(-5), uint32_t(-1), bits}));
}

TEST(WarpIntrinsics, OneLaneIsElected) {
  Lanes lanes(1, 2, R"(
  %x = call { i32, i1 } @llvm.nvvm.elect.sync(i32 -1)
  %r0 = extractvalue { i32, i1 } %x, 0
  %p = extractvalue { i32, i1 } %x, 1
  %r1 = zext i1 %p to i32)");
  Words result = lanes.run(Words(64, {0}));
  for (unsigned lane = 0; lane < 64; ++lane)
    EXPECT_EQ(result[lane],
              (std::vector<uint32_t>{0, uint32_t(lane % 32 == 0)}));
}

/// Each lane hands a value to its neighbour through shared memory.
std::string neighbours(const std::string &synchronise) {
  return R"(
  %mine = getelementptr i32, ptr addrspace(3) @cells, i32 %tid
  store i32 %a0, ptr addrspace(3) %mine
)" + synchronise +
         R"(
  %other = xor i32 %tid, 1
  %his = getelementptr i32, ptr addrspace(3) @cells, i32 %other
  %r0 = load i32, ptr addrspace(3) %his)";
}

constexpr const char *kCells =
    "@cells = internal addrspace(3) global [64 x i32] undef";

TEST(WarpIntrinsics, AWarpBarrierOrdersAccesses) {
  Lanes lanes(1, 1, neighbours("call void @llvm.nvvm.bar.warp.sync(i32 -1)"),
              kCells);
  Words rows;
  for (uint32_t lane = 0; lane < 64; ++lane)
    rows.push_back({lane});
  Words result = lanes.run(rows);
  for (uint32_t lane = 0; lane < 64; ++lane)
    EXPECT_EQ(result[lane][0], lane ^ 1);
}

TEST(WarpIntrinsics, AShuffleOrdersNoAccesses) {
  Lanes lanes(1, 1,
              neighbours("%s = call i32 @llvm.nvvm.shfl.sync.idx.i32(i32 -1, "
                         "i32 0, i32 0, i32 31)"),
              kCells);
  EXPECT_TRUE(stopped(lanes.fault(Words(64, {1})), Fault::Kind::Race,
                      "was written by thread"));
}

} // namespace
