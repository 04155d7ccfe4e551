//===- FaultsTest.cpp - what must not be, seeded and found ----------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Each test runs a kernel that is right, and mutants of it that are not.
//
//===----------------------------------------------------------------------===//

#include "Emulation.h"

#include <gmock/gmock.h>

#include <numeric>

using namespace dlcc;
using namespace dlcc::test;

namespace {

/// A text with every `from` as `to`; fails the test if there is none.
std::string with(std::string text, const std::string &from,
                 const std::string &to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "no '" << from << "' to change";
  for (; at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::vector<float> numbers(size_t count) {
  std::vector<float> result(count);
  std::iota(result.begin(), result.end(), 0.0f);
  return result;
}

/// y[block][i] = x[block][n - 1 - i] by shared memory, in blocks of 64.
constexpr const char *kReverse = R"(
@tile = internal addrspace(3) global [64 x float] undef, align 16
define ptx_kernel void @reverse(ptr addrspace(1) align 256 %x,
                                ptr addrspace(1) align 256 %y) {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %first = mul i32 %b, 64
  %i = add i32 %first, %t
  %from = getelementptr float, ptr addrspace(1) %x, i32 %i
  %v = load float, ptr addrspace(1) %from
  %put = getelementptr float, ptr addrspace(3) @tile, i32 %t
  store float %v, ptr addrspace(3) %put
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %o = sub i32 63, %t
  %get = getelementptr float, ptr addrspace(3) @tile, i32 %o
  %w = load float, ptr addrspace(3) %get
  %to = getelementptr float, ptr addrspace(1) %y, i32 %i
  store float %w, ptr addrspace(1) %to
  ret void
}
)";
constexpr const char *kBarrier =
    "call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)";

/// Runs @reverse on `blocks` blocks; y must then be what it is to be.
std::optional<Fault> reverse(const std::string &text, unsigned blocks = 3,
                             uint64_t seed = 0) {
  auto emulation = Emulation::ofText(text);
  Argument x = emulation->add("x", numbers(192));
  Argument y = emulation->add("y", numbers(192));
  auto fault = emulation->run({"reverse", {blocks}, {64}, 0, {x, y}}, seed);
  if (!fault) {
    std::vector<float> result = emulation->get<float>(y);
    for (unsigned i = 0; i < 64 * blocks; ++i)
      EXPECT_EQ(result[i], float(i / 64 * 64 + 63 - i % 64)) << i;
  }
  return fault;
}

TEST(Faults, AKernelThatIsRightRuns) {
  for (uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_TRUE(isDone(reverse(kReverse, 3, seed)));
}

TEST(Faults, ABarrierThatIsMissing) {
  auto fault = reverse(with(kReverse, kBarrier, ""));
  EXPECT_TRUE(
      stopped(fault, Fault::Kind::Unwritten, "kernel reverse, block ("));
  EXPECT_TRUE(stopped(fault, Fault::Kind::Unwritten, "%w = load float"));
  EXPECT_TRUE(stopped(fault, Fault::Kind::Unwritten, "shared @tile + "));
  // Where an earlier barrier let others write something, it is a race.
  std::string filled = with(kReverse, "  store float %v", R"(
  store float 0.0, ptr addrspace(3) %put
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  store float %v)");
  EXPECT_TRUE(isDone(reverse(filled)));
  std::string mutant = with(filled, std::string(kBarrier) + "\n  %o", "%o");
  for (uint64_t seed = 0; seed < 8; ++seed)
    EXPECT_TRUE(
        stopped(reverse(mutant, 3, seed), Fault::Kind::Race, "shared @tile"));
}

TEST(Faults, AWriteBehindAReadWithNoBarrier) {
  // The second tile overwrites the first while others still read it.
  std::string twice = with(kReverse, "  %to = ", R"(
  store float 0.0, ptr addrspace(3) %put
  %to = )");
  EXPECT_TRUE(
      stopped(reverse(twice), Fault::Kind::Race, "with no synchronisation"));
  std::string ordered =
      with(twice, "  store float 0.0",
           std::string("  ") + kBarrier + "\n  store float 0.0");
  EXPECT_TRUE(isDone(reverse(ordered)));
}

TEST(Faults, OutsideOfABuffer) {
  EXPECT_TRUE(stopped(reverse(kReverse, 4), Fault::Kind::OutOfBounds,
                      "reads 4 bytes at argument 0 (x) + "));
  // Another argument's bytes are no excuse: 1024 bytes on lies y.
  EXPECT_TRUE(stopped(reverse(with(kReverse, "%x, i32 %i", "%x, i32 256")),
                      Fault::Kind::OutOfBounds, "(x) + 1024 of 768 bytes"));
  EXPECT_TRUE(stopped(reverse(with(kReverse, "%y, i32 %i", "%y, i32 -1")),
                      Fault::Kind::OutOfBounds, "(y) + -4 of 768 bytes"));
}

TEST(Faults, OutsideOfSharedMemory) {
  EXPECT_TRUE(stopped(reverse(with(kReverse, "sub i32 63", "sub i32 64")),
                      Fault::Kind::OutOfBounds, "shared + 256"));
}

TEST(Faults, HalfOutside) {
  std::string text = R"(
define ptx_kernel void @reverse(ptr addrspace(1) %x, ptr addrspace(1) %y) {
  %at = getelementptr i8, ptr addrspace(1) %x, i32 760
  %v = load <4 x float>, ptr addrspace(1) %at, align 8
  store <4 x float> %v, ptr addrspace(1) %y
  ret void
}
)";
  EXPECT_TRUE(stopped(reverse(text, 1), Fault::Kind::OutOfBounds,
                      "reads 16 bytes at argument 0 (x) + 760"));
}

TEST(Faults, Misaligned) {
  std::string text = R"(
define ptx_kernel void @reverse(ptr addrspace(1) %x, ptr addrspace(1) %y) {
  %at = getelementptr i8, ptr addrspace(1) %x, i32 8
  %v = load <4 x float>, ptr addrspace(1) %at, align 16
  store <4 x float> %v, ptr addrspace(1) %y
  ret void
}
)";
  EXPECT_TRUE(stopped(reverse(text, 1), Fault::Kind::Misaligned,
                      "no multiple of 16: argument 0 (x) + 8"));
}

TEST(Faults, TwoThreadsWriteOneByte) {
  std::string text = with(kReverse, "%y, i32 %i", "%y, i32 0");
  EXPECT_TRUE(
      stopped(reverse(text), Fault::Kind::Race, "was written by thread"));
}

TEST(Faults, TwoBlocksTouchOneByte) {
  // Only thread 0 of each block writes: to one place.
  std::string write = R"(
define ptx_kernel void @reverse(ptr addrspace(1) %x, ptr addrspace(1) %y) {
entry:
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %first = icmp eq i32 %t, 0
  br i1 %first, label %one, label %end
one:
  store i8 1, ptr addrspace(1) %x
  br label %end
end:
  ret void
}
)";
  EXPECT_TRUE(stopped(reverse(write, 2), Fault::Kind::Race,
                      "argument 0 (x) + 0 of 768 bytes, x + 0 was written by "
                      "thread (0, 0, 0) of block ("));
  // To read what all others write is no better, whoever comes first.
  for (uint64_t seed = 0; seed < 8; ++seed)
    EXPECT_TRUE(
        stopped(reverse(with(write, "store i8 1, ptr addrspace(1) %x", R"(
  %at = getelementptr i8, ptr addrspace(1) %x, i32 %b
  %next = getelementptr i8, ptr addrspace(1) %at, i32 1
  %v = load i8, ptr addrspace(1) %next
  store i8 %v, ptr addrspace(1) %at)"),
                        2, seed),
                Fault::Kind::Race, "in the same launch"));
}

TEST(Faults, NeighboursOfOneWordAreNoRace) {
  // Each thread writes a byte, then reads it.
  std::string text = R"(
define ptx_kernel void @bytes(ptr addrspace(1) %x) {
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %first = mul i32 %b, 33
  %i = add i32 %first, %t
  %at = getelementptr i8, ptr addrspace(1) %x, i32 %i
  %v = trunc i32 %i to i8
  store i8 %v, ptr addrspace(1) %at
  %w = load i8, ptr addrspace(1) %at
  store i8 %w, ptr addrspace(1) %at
  ret void
}
)";
  auto emulation = Emulation::ofText(text);
  Argument x = emulation->add("x", std::vector<uint8_t>(99));
  EXPECT_TRUE(isDone(emulation->run({"bytes", {3}, {33}, 0, {x}})));
  std::vector<uint8_t> result = emulation->get<uint8_t>(x);
  for (unsigned i = 0; i < 99; ++i)
    EXPECT_EQ(result[i], i);
}

TEST(Faults, BarriersThatSomeNeverReach) {
  std::string early = with(kReverse, kBarrier, R"(
  %few = icmp ult i32 %t, 40
  br i1 %few, label %sync, label %leave
leave:
  ret void
sync:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0))");
  auto fault = reverse(early);
  EXPECT_TRUE(stopped(fault, Fault::Kind::DivergentBarrier,
                      "40 threads wait at barrier 0"));
  EXPECT_TRUE(
      stopped(fault, Fault::Kind::DivergentBarrier, "24 threads have exited"));
  // Two warps at two barriers.
  std::string apart = with(kReverse, kBarrier, R"(
  %id = lshr i32 %t, 5
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 %id))");
  EXPECT_TRUE(stopped(reverse(apart), Fault::Kind::DivergentBarrier,
                      "32 threads wait at barrier 1"));
  // Two halves of a warp at one barrier, from two instructions.
  std::string twice = with(kReverse, kBarrier, R"(
  %odd = trunc i32 %t to i1
  br i1 %odd, label %a, label %b1
a:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  br label %go
b1:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  br label %go
go:)");
  EXPECT_TRUE(stopped(reverse(twice), Fault::Kind::DivergentBarrier,
                      "from another instruction"));
  // Which the form that is not aligned allows.
  EXPECT_TRUE(isDone(reverse(with(twice, "sync.aligned.all", "sync.all"))));
}

TEST(Faults, BarriersOfSomeThreads) {
  // Each warp reverses within itself, at a barrier of its own.
  std::string text = with(
      with(kReverse, kBarrier,
           "%warp = lshr i32 %t, 5\n"
           "  call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 %warp, "
           "i32 32)"),
      "sub i32 63, %t", "xor i32 %t, 31");
  auto emulation = Emulation::ofText(text);
  Argument x = emulation->add("x", numbers(192));
  Argument y = emulation->add("y", numbers(192));
  ASSERT_TRUE(isDone(emulation->run({"reverse", {3}, {64}, 0, {x, y}})));
  for (unsigned i = 0; i < 192; ++i)
    EXPECT_EQ(emulation->get<float>(y)[i], float(i ^ 31));
  // The other warp's part is behind no barrier.
  auto fault = reverse(with(text, "xor i32 %t, 31", "xor i32 %t, 63"));
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->kind == Fault::Kind::Race ||
              fault->kind == Fault::Kind::Unwritten)
      << fault->text;
}

TEST(Faults, ABarrierToArriveAt) {
  // Warp 0 writes and goes on, warp 1 waits and reads.
  std::string text = R"(
@cell = internal addrspace(3) global [32 x i32] undef
define ptx_kernel void @hand(ptr addrspace(1) %y) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %lane = and i32 %t, 31
  %at = getelementptr i32, ptr addrspace(3) @cell, i32 %lane
  %writes = icmp ult i32 %t, 32
  br i1 %writes, label %producer, label %consumer
producer:
  store i32 %t, ptr addrspace(3) %at
  call void @llvm.nvvm.barrier.cta.arrive.aligned.count(i32 1, i32 64)
  ret void
consumer:
  call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 1, i32 64)
  %v = load i32, ptr addrspace(3) %at
  %to = getelementptr i32, ptr addrspace(1) %y, i32 %lane
  store i32 %v, ptr addrspace(1) %to
  ret void
}
)";
  auto hand = [](const std::string &text) {
    auto emulation = Emulation::ofText(text);
    Argument y = emulation->add("y", std::vector<uint32_t>(32, ~0u));
    auto fault = emulation->run({"hand", {1}, {64}, 0, {y}});
    if (!fault)
      for (unsigned i = 0; i < 32; ++i)
        EXPECT_EQ(emulation->get<uint32_t>(y)[i], i);
    return fault;
  };
  EXPECT_TRUE(isDone(hand(text)));
  // What is written behind the arrival is not ordered.
  std::string late =
      with(text, "i32 1, i32 64)\n  ret",
           "i32 1, i32 64)\n  store i32 0, ptr addrspace(3) %at\n  ret");
  EXPECT_TRUE(stopped(hand(late), Fault::Kind::Race, "shared @cell"));
}

/// Two threads swap values by asynchronous copies of 4 bytes.
constexpr const char *kCopies = R"(
@cells = internal addrspace(3) global [64 x float] undef, align 16
define ptx_kernel void @copy(ptr addrspace(1) %x, ptr addrspace(1) %y) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %i1 = add i32 %t, 32
  %from0 = getelementptr float, ptr addrspace(1) %x, i32 %t
  %from1 = getelementptr float, ptr addrspace(1) %x, i32 %i1
  %put0 = getelementptr float, ptr addrspace(3) @cells, i32 %t
  %put1 = getelementptr float, ptr addrspace(3) @cells, i32 %i1
  call void @llvm.nvvm.cp.async.ca.shared.global.4(ptr addrspace(3) %put0, ptr addrspace(1) %from0)
  call void @llvm.nvvm.cp.async.commit.group()
  call void @llvm.nvvm.cp.async.ca.shared.global.4.s(ptr addrspace(3) %put1, ptr addrspace(1) %from1, i32 2)
  call void @llvm.nvvm.cp.async.commit.group()
  call void @llvm.nvvm.cp.async.wait.group(i32 1)
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %other0 = xor i32 %t, 31
  %get0 = getelementptr float, ptr addrspace(3) @cells, i32 %other0
  %v0 = load float, ptr addrspace(3) %get0
  %to0 = getelementptr float, ptr addrspace(1) %y, i32 %t
  store float %v0, ptr addrspace(1) %to0
  call void @llvm.nvvm.cp.async.wait.group(i32 0)
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %other1 = add i32 %other0, 32
  %get1 = getelementptr float, ptr addrspace(3) @cells, i32 %other1
  %v1 = load float, ptr addrspace(3) %get1
  %to1 = getelementptr float, ptr addrspace(1) %y, i32 %i1
  store float %v1, ptr addrspace(1) %to1
  ret void
}
)";

std::optional<Fault> copy(const std::string &text) {
  auto emulation = Emulation::ofText(text);
  std::vector<uint32_t> in(64);
  for (uint32_t i = 0; i < 64; ++i)
    in[i] = i << 16 | (i + 1);
  Argument x = emulation->add("x", in);
  Argument y = emulation->add("y", std::vector<uint32_t>(64));
  auto fault = emulation->run({"copy", {1}, {32}, 0, {x, y}});
  if (!fault)
    for (uint32_t i = 0; i < 64; ++i) {
      // Of the second half only two bytes are copied; the others are zeros.
      uint32_t expected = in[i ^ 31] & (i < 32 ? ~0u : 0xffffu);
      EXPECT_EQ(emulation->get<uint32_t>(y)[i], expected) << i;
    }
  return fault;
}

TEST(Faults, CopiesThatNobodyWaitedFor) {
  EXPECT_TRUE(isDone(copy(kCopies)));
  EXPECT_TRUE(isDone(copy(
      with(kCopies, "cp.async.wait.group(i32 0)", "cp.async.wait.all()"))));
  // One group too few, of either.
  EXPECT_TRUE(
      stopped(copy(with(kCopies, "wait.group(i32 1)", "wait.group(i32 2)")),
              Fault::Kind::UnfinishedCopy, "shared @cells"));
  EXPECT_TRUE(
      stopped(copy(with(kCopies, "wait.group(i32 0)", "wait.group(i32 1)")),
              Fault::Kind::UnfinishedCopy, "an asynchronous copy of thread"));
  EXPECT_TRUE(stopped(
      copy(with(kCopies, "  call void @llvm.nvvm.cp.async.wait.group(i32 0)\n",
                "")),
      Fault::Kind::UnfinishedCopy, "shared @cells"));
  // What was never committed is in no group.
  EXPECT_TRUE(stopped(
      copy(with(kCopies, "  call void @llvm.nvvm.cp.async.commit.group()\n",
                "")),
      Fault::Kind::UnfinishedCopy, "shared @cells"));
  // A wait is the own thread's; others need a barrier, too.
  auto fault = copy(
      with(kCopies,
           "  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)\n", ""));
  ASSERT_TRUE(fault);
  EXPECT_NE(fault->kind, Fault::Kind::OutOfBounds) << fault->text;
}

TEST(Faults, CopiesThatDoNotFit) {
  EXPECT_TRUE(stopped(copy(with(kCopies, "%from1, i32 2", "%from1, i32 5")),
                      Fault::Kind::BadOperand, "copies 5 bytes to 4"));
  EXPECT_TRUE(stopped(copy(with(kCopies, "global.4(", "global.8(")),
                      Fault::Kind::Misaligned, "multiple of 8"));
}

TEST(Faults, WritesToWhatIsReadOnly) {
  auto emulation = Emulation::ofText(kReverse);
  Argument x = emulation->add("x", numbers(64));
  Argument y = emulation->add("y", numbers(64));
  y.isWritable = false;
  EXPECT_TRUE(stopped(emulation->run({"reverse", {1}, {64}, 0, {x, y}}),
                      Fault::Kind::ReadOnly, "(y)"));
}

TEST(Faults, ReadsThroughTheReadOnlyCache) {
  // Such an argument is read by ld.global.nc.
  std::string text = with(kReverse, "ptr addrspace(1) align 256 %x",
                          "ptr addrspace(1) noalias readonly align 256 %x");
  EXPECT_TRUE(isDone(reverse(text)));
  std::string writes = with(text, "%from = ", R"(
  %bits = ptrtoint ptr addrspace(1) %x to i64
  %same = inttoptr i64 %bits to ptr addrspace(1)
  %mine = getelementptr float, ptr addrspace(1) %same, i32 %i
  store float 0.0, ptr addrspace(1) %mine
  %from = )");
  EXPECT_TRUE(stopped(reverse(writes), Fault::Kind::ReadOnly, "ld.global.nc"));
}

TEST(Faults, AtomicsDoNotRace) {
  std::string text = R"(
define ptx_kernel void @count(ptr addrspace(1) %x) {
  %old = atomicrmw add ptr addrspace(1) %x, i32 1 monotonic
  ret void
}
)";
  auto emulation = Emulation::ofText(text);
  Argument x = emulation->add("x", std::vector<uint32_t>(1));
  EXPECT_TRUE(isDone(emulation->run({"count", {3}, {33}, 0, {x}})));
  EXPECT_EQ(emulation->get<uint32_t>(x)[0], 99u);
  // But with accesses that are none.
  auto mixed = Emulation::ofText(
      with(text, "  ret", "  %v = load i32, ptr addrspace(1) %x\n  ret"));
  Argument again = mixed->add("x", std::vector<uint32_t>(1));
  EXPECT_TRUE(stopped(mixed->run({"count", {1}, {33}, 0, {again}}),
                      Fault::Kind::Race, "x + 0"));
}

TEST(Faults, ReadsOfWhatMeansNothing) {
  auto emulation = Emulation::ofText(kReverse);
  Argument x = Argument::pointer(4096, 256, "x");
  emulation->get().memory().name("x", 4096, 256, /*isDefined=*/false);
  Argument y = Argument::pointer(8192, 256, "y");
  EXPECT_TRUE(stopped(emulation->run({"reverse", {1}, {64}, 0, {x, y}}),
                      Fault::Kind::Unwritten, "(x)"));
  // Until some launch writes it.
  EXPECT_TRUE(isDone(emulation->run({"reverse", {1}, {64}, 0, {y, x}})));
  EXPECT_TRUE(isDone(emulation->run({"reverse", {1}, {64}, 0, {x, y}})));
}

TEST(Faults, LaunchesThatDoNotFit) {
  auto emulation = Emulation::ofText(
      with(kReverse, ") {\nentry", ") \"nvvm.maxntid\"=\"64,1,1\" {\nentry"));
  Argument x = emulation->add("x", numbers(64));
  Argument y = emulation->add("y", numbers(64));
  auto bad = [&](Launch launch, const std::string &text) {
    EXPECT_TRUE(stopped(emulation->run(launch), Fault::Kind::BadLaunch, text));
  };
  bad({"other", {1}, {64}, 0, {x, y}}, "no kernel other");
  bad({"reverse", {1}, {64}, 0, {x}}, "takes 2 arguments, not 1");
  bad({"reverse", {1}, {64}, 0, {x, Argument::i32(1)}}, "argument 1");
  bad({"reverse", {1}, {65}, 0, {x, y}}, "at most 64");
  bad({"reverse", {1}, {0}, 0, {x, y}}, "no block");
  bad({"reverse", {1, 65536}, {64}, 0, {x, y}}, "no grid");
  bad({"reverse", {1}, {64}, 232448, {x, y}}, "227 KiB at most");
  Argument odd = Argument::pointer(4, 256);
  bad({"reverse", {1}, {64}, 0, {odd, y}}, "multiple of 256");
  Argument far = Argument::pointer(0, 1 << 30);
  bad({"reverse", {1}, {64}, 0, {far, y}}, "outside of memory");
}

TEST(Faults, DynamicSharedMemoryHasTheSizeOfTheLaunch) {
  std::string text =
      with(with(kReverse, "internal addrspace(3) global [64 x float] undef",
                "external addrspace(3) global [0 x float]"),
           "define",
           "@own = internal addrspace(3) global [3 x i8] undef\n"
           "define");
  auto emulation = Emulation::ofText(text);
  Argument x = emulation->add("x", numbers(64));
  Argument y = emulation->add("y", numbers(64));
  EXPECT_TRUE(isDone(emulation->run({"reverse", {1}, {64}, 256, {x, y}})));
  EXPECT_EQ(emulation->get<float>(y)[0], 63);
  EXPECT_TRUE(stopped(emulation->run({"reverse", {1}, {64}, 252, {x, y}}),
                      Fault::Kind::OutOfBounds,
                      "dynamic shared memory + 252 of 252 bytes"));
}

TEST(Faults, SharedAddressesAreNumbersOf32Bits) {
  std::string text = with(kReverse, "%w = load float, ptr addrspace(3) %get",
                          R"(%bits = ptrtoint ptr addrspace(3) %get to i32
  %wide = ptrtoint ptr addrspace(3) %get to i64
  %low = trunc i64 %wide to i32
  %same = icmp eq i32 %bits, %low
  %fits = icmp ult i64 %wide, 262144
  %both = and i1 %same, %fits
  %sum = select i1 %both, i32 %bits, i32 0
  %again = inttoptr i32 %sum to ptr addrspace(3)
  %w = load float, ptr addrspace(3) %again)");
  EXPECT_TRUE(isDone(reverse(text)));
}

TEST(Faults, VariablesOfTheModuleHaveBounds) {
  std::string text = R"(
@table = internal addrspace(4) constant [3 x float] [float 1.0, float 2.0, float 4.0]
define ptx_kernel void @look(ptr addrspace(1) %y) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %at = getelementptr float, ptr addrspace(4) @table, i32 %t
  %v = load float, ptr addrspace(4) %at
  %to = getelementptr float, ptr addrspace(1) %y, i32 %t
  store float %v, ptr addrspace(1) %to
  ret void
}
)";
  auto emulation = Emulation::ofText(text);
  Argument y = emulation->add("y", numbers(4));
  EXPECT_TRUE(isDone(emulation->run({"look", {1}, {3}, 0, {y}})));
  EXPECT_EQ(emulation->get<float>(y)[2], 4);
  EXPECT_TRUE(stopped(emulation->run({"look", {1}, {4}, 0, {y}}),
                      Fault::Kind::OutOfBounds, "@table + 12 of 12 bytes"));
}

} // namespace
