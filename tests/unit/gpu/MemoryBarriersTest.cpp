//===- MemoryBarriersTest.cpp - mbarriers ---------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emulation.h"

using namespace dlcc;
using namespace dlcc::test;

namespace {

std::string with(std::string text, const std::string &from,
                 const std::string &to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "no '" << from << "' to change";
  return text.replace(at, from.size(), to);
}

/// 32 producers hand four rounds of values to 32 consumers through one buffer:
/// `full` and `empty` are mbarriers.
constexpr const char *kRounds = R"(
@full = internal addrspace(3) global i64 undef, align 8
@empty = internal addrspace(3) global i64 undef, align 8
@cells = internal addrspace(3) global [32 x i32] undef
define ptx_kernel void @rounds(ptr addrspace(1) %y) {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %lane = and i32 %t, 31
  %cell = getelementptr i32, ptr addrspace(3) @cells, i32 %lane
  %first = icmp eq i32 %t, 0
  br i1 %first, label %make, label %made
make:
  call void @llvm.nvvm.mbarrier.init.shared(ptr addrspace(3) @full, i32 32)
  call void @llvm.nvvm.mbarrier.init.shared(ptr addrspace(3) @empty, i32 32)
  br label %made
made:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %writes = icmp ult i32 %t, 32
  br i1 %writes, label %producer, label %consumer
producer:
  %p = phi i32 [0, %made], [%p.next, %producer]
  %p.odd = and i32 %p, 1
  %p.parity = xor i32 %p.odd, 1
  %p.done = call i1 @llvm.nvvm.mbarrier.try.wait.parity.scope.cta.space.cta(ptr addrspace(3) @empty, i32 %p.parity)
  %v = mul i32 %p, 100
  %value = add i32 %v, %lane
  store i32 %value, ptr addrspace(3) %cell
  %s0 = call i64 @llvm.nvvm.mbarrier.arrive.shared(ptr addrspace(3) @full)
  %p.next = add i32 %p, 1
  %p.more = icmp ult i32 %p.next, 4
  br i1 %p.more, label %producer, label %end
consumer:
  %c = phi i32 [0, %made], [%c.next, %consumer]
  %c.odd = and i32 %c, 1
  call void asm sideeffect "{\0A\09.reg .pred       P1; \0A\09LAB_WAIT: \0A\09mbarrier.try_wait.parity.shared.b64 P1, [$0], $1, $2; \0A\09@P1 bra.uni DONE; \0A\09bra.uni     LAB_WAIT; \0A\09DONE: \0A\09}", "r,r,n"(ptr addrspace(3) @full, i32 %c.odd, i32 1000)
  %other = xor i32 %lane, 5
  %from = getelementptr i32, ptr addrspace(3) @cells, i32 %other
  %w = load i32, ptr addrspace(3) %from
  %s1 = call i64 @llvm.nvvm.mbarrier.arrive.scope.cta.space.cta(ptr addrspace(3) @empty, i32 1)
  %row = mul i32 %c, 32
  %i = add i32 %row, %lane
  %to = getelementptr i32, ptr addrspace(1) %y, i32 %i
  store i32 %w, ptr addrspace(1) %to
  %c.next = add i32 %c, 1
  %c.more = icmp ult i32 %c.next, 4
  br i1 %c.more, label %consumer, label %end
end:
  ret void
}
)";

std::optional<Fault> rounds(const std::string &text, uint64_t seed = 0) {
  auto emulation = Emulation::ofText(text);
  Argument y = emulation->add("y", std::vector<uint32_t>(128, ~0u));
  auto fault = emulation->run({"rounds", {1}, {64}, 0, {y}}, seed);
  if (!fault)
    for (uint32_t i = 0; i < 128; ++i)
      EXPECT_EQ(emulation->get<uint32_t>(y)[i], i / 32 * 100 + (i % 32 ^ 5));
  return fault;
}

TEST(MemoryBarriers, HandValuesOver) {
  for (uint64_t seed = 0; seed < 8; ++seed)
    EXPECT_TRUE(isDone(rounds(kRounds, seed)));
}

TEST(MemoryBarriers, MustBeMadeKnown) {
  std::string text =
      with(kRounds,
           "  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)\n", "");
  for (uint64_t seed = 0; seed < 8; ++seed) {
    auto fault = rounds(text, seed);
    ASSERT_TRUE(fault);
    // It depends on whether its maker came before.
    EXPECT_TRUE(fault->kind == Fault::Kind::Race ||
                fault->kind == Fault::Kind::Unwritten)
        << fault->text;
  }
}

TEST(MemoryBarriers, AWaitThatIsMissing) {
  // The consumers' reads come too early, or the next round's writes do.
  size_t from = std::string(kRounds).find("  call void asm sideeffect");
  size_t to = std::string(kRounds).find("\n", from);
  std::string early = std::string(kRounds).erase(from, to - from);
  auto fault = rounds(early);
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->kind == Fault::Kind::Unwritten ||
              fault->kind == Fault::Kind::Race)
      << fault->text;
  // (The first round's wait ends at once, and so does each then.)
  std::string late = with(kRounds, "i32 %p.parity)", "i32 1)");
  EXPECT_TRUE(rounds(late));
}

TEST(MemoryBarriers, ArrivalsThatAreMissing) {
  auto fault = rounds(with(kRounds, "@full, i32 32)", "@full, i32 33)"));
  EXPECT_TRUE(stopped(fault, Fault::Kind::Deadlock,
                      "which lacks 1 arrivals of 33 and 0 bytes"));
  EXPECT_TRUE(stopped(fault, Fault::Kind::Deadlock,
                      "32 threads wait for phase 0 of the mbarrier"));
}

TEST(MemoryBarriers, ArrivalsThatAreTooMany) {
  EXPECT_TRUE(stopped(
      rounds(with(kRounds, "space.cta(ptr addrspace(3) @empty, i32 1)\n  %row",
                  "space.cta(ptr addrspace(3) @empty, i32 33)\n  %row")),
      Fault::Kind::BadOperand, "arrives 33 times where 32 arrivals"));
}

TEST(MemoryBarriers, WhatWasNotInitialised) {
  EXPECT_TRUE(
      stopped(rounds(with(kRounds,
                          "  call void @llvm.nvvm.mbarrier.init.shared(ptr "
                          "addrspace(3) @empty, i32 32)\n",
                          "  store i64 0, ptr addrspace(3) @empty\n")),
              Fault::Kind::BadOperand, "was not initialised"));
}

} // namespace
