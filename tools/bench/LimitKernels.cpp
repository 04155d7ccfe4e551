//===- LimitKernels.cpp - kernels that reach what a GPU can do ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/bench/LimitKernels.h"

using namespace dlcc::bench;

namespace {

constexpr int kWarp = 32, kGroup = 4 * kWarp;
/// Instructions of a unit in a round.
constexpr int kRepeats = 16;

std::string number(int64_t value) { return std::to_string(value); }

/// "%x0, %x1, …", from `first` on.
std::string registers(const std::string &name, int count, int first = 0) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += (i ? ", %" : "%") + name + number(first + i);
  return text;
}

/// A function whose body is done `rounds` times for `sums` registers %s.
/// `before` comes once.
std::string productFunction(const std::string &kind, int sums,
                            const std::string &before,
                            const std::string &round) {
  std::string text = ".visible .entry products_" + kind +
                     "(.param .u64 sink, .param .u32 rounds)\n.reqntid " +
                     number(kLimitThreads) + "\n{\n" + "  .reg .f32 %s<" +
                     number(sums) +
                     ">;\n  .reg .b32 %a<4>, %b<2>, %n, %i, %t, %c, %u;\n"
                     "  .reg .b64 %p, %q, %d0, %d1;\n  .reg .pred %more;\n"
                     "  mov.u32 %t, %tid.x;\n";
  for (int i = 0; i < sums; ++i)
    text += "  mov.f32 %s" + number(i) + ", 0f00000000;\n";
  text += before + "  ld.param.u32 %n, [rounds];\n  mov.u32 %i, 0;\nagain:\n" +
          round +
          "  add.u32 %i, %i, 1;\n  setp.lt.u32 %more, %i, %n;\n"
          "  @%more bra again;\n";
  for (int i = 1; i < sums; ++i)
    text += "  add.f32 %s0, %s0, %s" + number(i) + ";\n";
  return text + "  mov.u32 %u, %ctaid.x;\n  mad.lo.u32 %u, %u, " +
         number(kLimitThreads) +
         ", %t;\n  ld.param.u64 %p, [sink];\n"
         "  cvta.to.global.u64 %p, %p;\n  mad.wide.u32 %p, %u, 4, %p;\n"
         "  st.global.f32 [%p], %s0;\n  ret;\n}\n";
}

/// Numbers from 1 to 2 that differ in their last bits, two of bf16 or one of
/// f32: chips are faster where bits do not change.
std::string factor(const std::string &name, int salt) {
  return "  mad.lo.u32 %c, %t, 2654435761, " + number(salt * 40503 + 12345) +
         ";\n  and.b32 %c, %c, 8323199;\n  or.b32 %" + name +
         ", %c, 1065369472;\n";
}

/// Chains of multiply-adds, none of which waits for another.
std::string chains(ProductLimit &limit) {
  constexpr int kChains = 16;
  std::string round;
  for (int i = 0; i < kRepeats; ++i)
    for (int j = 0; j < kChains; ++j)
      round += "  fma.rn.f32 %s" + number(j) + ", %s" + number(j) +
               ", 0f3F7FF000, 0f3A83126F;\n";
  limit = {"f32", int64_t(2) * kRepeats * kChains * kLimitThreads};
  return productFunction("f32", kChains, "", round);
}

/// Products of 16 rows and 8 columns by warps, each with eight sums.
std::string warpProducts(const std::string &kind, int depth,
                         ProductLimit &limit) {
  constexpr int kTiles = 8;
  std::string before, round;
  for (int i = 0; i < 4; ++i)
    before += factor("a" + number(i), i);
  for (int i = 0; i < 2; ++i)
    before += factor("b" + number(i), 4 + i);
  for (int i = 0; i < kRepeats; ++i) {
    std::string sums = registers("s", 4, i % kTiles * 4);
    round += "  mma.sync.aligned.m16n8k" + number(depth) + ".row.col.f32." +
             kind + "." + kind + ".f32 {" + sums + "}, {" + registers("a", 4) +
             "}, {" + registers("b", 2) + "}, {" + sums + "};\n";
  }
  limit = {kind,
           int64_t(2) * 16 * 8 * depth * kRepeats * (kLimitThreads / kWarp)};
  return productFunction(kind, 4 * kTiles, before, round);
}

/// Products of 64 rows and 256 columns by groups of four warps, whose operands
/// lie in shared memory in lines of 128 bytes.
std::string groupProducts(const std::string &kind, int depth,
                          ProductLimit &limit) {
  constexpr int kRows = 64, kColumns = 256, kLine = 128, kSteps = kLine / 32;
  constexpr int kSums = kColumns / 2;
  constexpr int kWords = (kRows + kColumns) * kLine / 4;
  // A thread fills every 256th word.
  std::string before =
      "  mov.u64 %q, tiles_" + kind +
      ";\n  mad.wide.u32 %p, %t, 4, %q;\n"
      "  mov.u32 %i, %t;\nfill:\n" +
      factor("a0", 0) +
      "  xor.b32 %a0, %a0, %i;\n  and.b32 %a0, %a0, 1073692671;"
      "\n  st.shared.u32 [%p], %a0;\n  add.u64 %p, %p, " +
      number(4 * kLimitThreads) + ";\n  add.u32 %i, %i, " +
      number(kLimitThreads) + ";\n  setp.lt.u32 %more, %i, " + number(kWords) +
      ";\n  @%more bra fill;\n"
      "  fence.proxy.async.shared::cta;\n  bar.sync 0;\n";
  // Descriptors: an address without 4 bits, 1024 bytes from eight lines to the
  // next, swizzled by 128 bytes.
  constexpr int64_t kMode =
      int64_t(1) << 62 | int64_t(1024 >> 4) << 32 | 1 << 16;
  before += "  shr.u64 %d0, %q, 4;\n  and.b64 %d0, %d0, 16383;\n"
            "  or.b64 %d0, %d0, " +
            number(kMode) + ";\n  add.u64 %d1, %d0, " +
            number(kRows * kLine >> 4) + ";\n";
  std::string sums = registers("s", kSums);
  std::string round = "  wgmma.fence.sync.aligned;\n";
  for (int i = 0; i < kRepeats; ++i) {
    // 32 bytes of k each; back at a line's beginning after four.
    round += "  wgmma.mma_async.sync.aligned.m64n256k" + number(depth) +
             ".f32." + kind + "." + kind + " {" + sums +
             "}, %d0, %d1, 1, 1, 1" + (kind == "tf32" ? "" : ", 0, 0") + ";\n";
    std::string step =
        i % kSteps == kSteps - 1 ? number(-2 * (kSteps - 1)) : "2";
    for (const char *descriptor : {"%d0", "%d1"})
      round += std::string("  add.s64 ") + descriptor + ", " + descriptor +
               ", " + step + ";\n";
  }
  round += "  wgmma.commit_group.sync.aligned;\n"
           "  wgmma.wait_group.sync.aligned 0;\n";
  limit = {kind, int64_t(2) * kRows * kColumns * depth * kRepeats *
                     (kLimitThreads / kGroup)};
  return ".shared .align 1024 .b8 tiles_" + kind + "[" + number(4 * kWords) +
         "];\n" + productFunction(kind, kSums, before, round);
}

/// A grid of any size goes through n vectors; four loads are on their way.
constexpr const char *kStreams = R"(
.visible .entry read(.param .u64 data, .param .u64 sink, .param .u32 n)
.reqntid 256
{
  .reg .f32 %x<16>, %s<4>;
  .reg .b32 %n, %i, %j, %t, %u, %c;
  .reg .b64 %p, %q;
  .reg .pred %more;
  ld.param.u32 %n, [n];
  ld.param.u64 %q, [data];
  cvta.to.global.u64 %q, %q;
  mov.u32 %t, %tid.x;
  mov.u32 %c, %ctaid.x;
  mad.lo.u32 %i, %c, 1024, %t;
  mov.u32 %u, %nctaid.x;
  shl.b32 %u, %u, 10;
  mov.f32 %s0, 0f00000000;
  setp.ge.u32 %more, %i, %n;
  @%more bra done;
again:
  mad.wide.u32 %p, %i, 16, %q;
  ld.global.v4.f32 {%x0, %x1, %x2, %x3}, [%p];
  ld.global.v4.f32 {%x4, %x5, %x6, %x7}, [%p+4096];
  ld.global.v4.f32 {%x8, %x9, %x10, %x11}, [%p+8192];
  ld.global.v4.f32 {%x12, %x13, %x14, %x15}, [%p+12288];
  add.f32 %s1, %x0, %x1;
  add.f32 %s2, %x2, %x3;
  add.f32 %s1, %s1, %x4;
  add.f32 %s2, %s2, %x5;
  add.f32 %s1, %s1, %x6;
  add.f32 %s2, %s2, %x7;
  add.f32 %s1, %s1, %x8;
  add.f32 %s2, %s2, %x9;
  add.f32 %s1, %s1, %x10;
  add.f32 %s2, %s2, %x11;
  add.f32 %s1, %s1, %x12;
  add.f32 %s2, %s2, %x13;
  add.f32 %s1, %s1, %x14;
  add.f32 %s2, %s2, %x15;
  add.f32 %s0, %s0, %s1;
  add.f32 %s0, %s0, %s2;
  add.u32 %i, %i, %u;
  setp.lt.u32 %more, %i, %n;
  @%more bra again;
done:
  mad.lo.u32 %j, %c, 256, %t;
  ld.param.u64 %p, [sink];
  cvta.to.global.u64 %p, %p;
  mad.wide.u32 %p, %j, 4, %p;
  st.global.f32 [%p], %s0;
  ret;
}
.visible .entry update(.param .u64 data, .param .u32 n)
.reqntid 256
{
  .reg .f32 %x<4>;
  .reg .b32 %n, %i, %t, %u, %c;
  .reg .b64 %p, %q;
  .reg .pred %more;
  ld.param.u32 %n, [n];
  ld.param.u64 %q, [data];
  cvta.to.global.u64 %q, %q;
  mov.u32 %t, %tid.x;
  mov.u32 %c, %ctaid.x;
  mad.lo.u32 %i, %c, 256, %t;
  mov.u32 %u, %nctaid.x;
  shl.b32 %u, %u, 8;
  setp.ge.u32 %more, %i, %n;
  @%more ret;
again:
  mad.wide.u32 %p, %i, 16, %q;
  ld.global.v4.f32 {%x0, %x1, %x2, %x3}, [%p];
  fma.rn.f32 %x0, %x0, 0f3F7FBE77, 0f3A83126F;
  fma.rn.f32 %x1, %x1, 0f3F7FBE77, 0f3A83126F;
  fma.rn.f32 %x2, %x2, 0f3F7FBE77, 0f3A83126F;
  fma.rn.f32 %x3, %x3, 0f3F7FBE77, 0f3A83126F;
  st.global.v4.f32 [%p], {%x0, %x1, %x2, %x3};
  add.u32 %i, %i, %u;
  setp.lt.u32 %more, %i, %n;
  @%more bra again;
  ret;
}
)";

} // namespace

LimitKernels dlcc::bench::limitKernels(int capability) {
  bool hasGroups = capability == 90;
  LimitKernels kernels;
  kernels.chip = hasGroups ? "sm_90a" : "sm_80";
  kernels.unit = hasGroups ? "wgmma" : "mma.sync";
  kernels.products.resize(3);
  auto products = hasGroups ? groupProducts : warpProducts;
  kernels.ptx = std::string(".version ") + (hasGroups ? "8.0" : "7.0") +
                "\n.target " + kernels.chip + "\n.address_size 64\n" +
                kStreams + chains(kernels.products[0]) +
                products("tf32", 8, kernels.products[1]) +
                products("bf16", 16, kernels.products[2]);
  return kernels;
}
