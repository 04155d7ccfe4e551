//===- BulkCopiesTest.cpp - copies of tensors, products of warpgroups -----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emulation.h"

#include "tests/gpu/emulator/Narrow.h"

#include <bit>
#include <random>

using namespace dlcc;
using namespace dlcc::test;
using emulator::Swizzle;
using emulator::TensorMap;

namespace {

std::string with(std::string text, const std::string &from,
                 const std::string &to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "no '" << from << "' to change";
  for (; at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// One box, copied by thread 0, and then all bytes of it as they lie.
constexpr const char *kBox = R"(
@bar = internal addrspace(3) global i64 undef, align 8
@box = external addrspace(3) global [0 x i8], align 1024
define ptx_kernel void @box_out(ptr byval([128 x i8]) align 64 %map, ptr addrspace(1) %y, i32 %c0, i32 %c1, i32 %bytes) {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %first = icmp eq i32 %t, 0
  br i1 %first, label %make, label %made
make:
  call void @llvm.nvvm.mbarrier.init.shared(ptr addrspace(3) @bar, i32 1)
  call void @llvm.nvvm.fence.mbarrier_init.release.cluster()
  %s = call i64 @llvm.nvvm.mbarrier.arrive.expect.tx.scope.cta.space.cta(ptr addrspace(3) @bar, i32 %bytes)
  %to = addrspacecast ptr addrspace(3) @box to ptr addrspace(7)
  call void @llvm.nvvm.cp.async.bulk.tensor.g2s.tile.2d(ptr addrspace(7) %to, ptr addrspace(3) @bar, ptr %map, i32 %c0, i32 %c1, i16 0, i64 0, i1 false, i1 false, i32 0)
  br label %made
made:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %done = call i1 @llvm.nvvm.mbarrier.try.wait.parity.scope.cta.space.cta(ptr addrspace(3) @bar, i32 0)
  br label %loop
loop:
  %i = phi i32 [%t, %made], [%next, %loop]
  %from = getelementptr i8, ptr addrspace(3) @box, i32 %i
  %v = load i8, ptr addrspace(3) %from
  %at = getelementptr i8, ptr addrspace(1) %y, i32 %i
  store i8 %v, ptr addrspace(1) %at
  %next = add i32 %i, 32
  %more = icmp slt i32 %next, %bytes
  br i1 %more, label %loop, label %end
end:
  ret void
}
)";

/// A tensor of 10 rows of 21 elements of two bytes, 24 elements apart.
struct BoxCase {
  Swizzle swizzle = Swizzle::None;
  uint32_t columns = 8, rows = 4;
  int c0 = 0, c1 = 0;
};

std::optional<Fault> copyBox(const std::string &text, const BoxCase &box,
                             int missingBytes = 0) {
  auto emulation = Emulation::ofText(text);
  std::vector<uint16_t> x(10 * 24 - 3);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = uint16_t(1000 + i);
  Argument in = emulation->add("x", x);
  TensorMap map;
  map.rank = 2;
  map.elementBytes = 2;
  map.swizzle = box.swizzle;
  map.extents = {21, 10};
  map.box = {box.columns, box.rows};
  map.strides = {48};
  uint32_t bytes = map.boxBytes();
  Argument out = emulation->add("y", std::vector<uint16_t>(bytes / 2, 7));
  auto fault =
      emulation->run({"box_out",
                      {1},
                      {32},
                      bytes,
                      {Argument::tensorMap(map, in.offset, in.bytes, "x"), out,
                       Argument::i32(box.c0), Argument::i32(box.c1),
                       Argument::i32(int32_t(bytes) - missingBytes)}});
  if (fault)
    return fault;
  std::vector<uint16_t> y = emulation->get<uint16_t>(out);
  uint32_t rowBytes = box.columns * 2;
  for (uint32_t row = 0; row < box.rows; ++row)
    for (uint32_t column = 0; column < box.columns; ++column) {
      int r = box.c1 + int(row), c = box.c0 + int(column);
      bool isInside = r >= 0 && r < 10 && c >= 0 && c < 21;
      // Chunk and row as in the tables of the CUDA guide: the number of a
      // chunk of 16 bytes within the span, by exclusive or with the number of
      // the group of 128 bytes.
      uint32_t byte = row * rowBytes + column * 2;
      uint32_t chunk = byte / 16, group = byte / 128;
      uint32_t span = box.swizzle == Swizzle::None  ? 1
                      : box.swizzle == Swizzle::B32 ? 2
                      : box.swizzle == Swizzle::B64 ? 4
                                                    : 8;
      chunk = chunk / span * span + (chunk % span ^ group % span);
      EXPECT_EQ(y[chunk * 8 + byte % 16 / 2], isInside ? 1000 + r * 24 + c : 0)
          << r << ", " << c;
    }
  return fault;
}

TEST(BulkCopies, LayOutBoxes) {
  for (BoxCase box :
       {BoxCase{}, BoxCase{Swizzle::None, 16, 1}, BoxCase{Swizzle::B32, 16, 9},
        BoxCase{Swizzle::B64, 32, 10}, BoxCase{Swizzle::B128, 64, 10},
        BoxCase{Swizzle::B128, 64, 3}})
    EXPECT_TRUE(isDone(copyBox(kBox, box)));
}

TEST(BulkCopies, FillWithZerosWhatIsOutside) {
  for (auto [c0, c1] :
       {std::pair(16, 8), {-3, -1}, {19, 0}, {-8, 0}, {0, 10}, {2147483000, 0}})
    for (Swizzle swizzle : {Swizzle::None, Swizzle::B32})
      EXPECT_TRUE(isDone(copyBox(kBox, {swizzle, 16, 4, c0, c1})))
          << c0 << ", " << c1;
}

TEST(BulkCopies, MustBeWaitedFor) {
  std::string text = with(kBox,
                          "  %done = call i1 @llvm.nvvm.mbarrier.try.wait."
                          "parity.scope.cta.space.cta(ptr addrspace(3) @bar, "
                          "i32 0)\n",
                          "");
  EXPECT_TRUE(stopped(copyBox(text, {}), Fault::Kind::UnfinishedCopy,
                      "dynamic shared memory + "));
  // The wrong phase ends before anything has come.
  EXPECT_TRUE(stopped(copyBox(with(kBox, "@bar, i32 0)", "@bar, i32 1)"), {}),
                      Fault::Kind::UnfinishedCopy, "dynamic shared memory + "));
  // Nobody looks at the box at all.
  std::string unread = with(text, "  br label %loop\n", R"(
  %looks = icmp eq i32 %bytes, 0
  br i1 %looks, label %loop, label %end
)");
  EXPECT_TRUE(stopped(copyBox(unread, {}), Fault::Kind::UnfinishedCopy,
                      "the block ends while bulk copies"));
}

TEST(BulkCopies, MustBringWhatIsExpected) {
  EXPECT_TRUE(stopped(copyBox(kBox, {}, 16), Fault::Kind::Deadlock,
                      "0 arrivals of 1 and -16 bytes"));
}

TEST(BulkCopies, MustSeeTheBarrier) {
  EXPECT_TRUE(
      stopped(copyBox(with(kBox,
                           "  call void @llvm.nvvm.fence.mbarrier_init.release."
                           "cluster()\n",
                           ""),
                      {}),
              Fault::Kind::Race, "fence.mbarrier_init"));
}

TEST(BulkCopies, MapsHaveLimits) {
  EXPECT_TRUE(stopped(copyBox(kBox, {Swizzle::None, 4, 4}),
                      Fault::Kind::BadLaunch, "multiple of 16 bytes"));
  EXPECT_TRUE(stopped(copyBox(kBox, {Swizzle::B32, 32, 4}),
                      Fault::Kind::BadLaunch, "span"));
  EXPECT_TRUE(stopped(copyBox(kBox, {Swizzle::None, 8, 257}),
                      Fault::Kind::BadLaunch, "1 to 256"));
}

/// C (64 x n) = A (64 x k) B (n x k), or B (k x n), by one warpgroup in two
/// stages of bulk copies. Each thread stores its n / 2 sums.
struct Product {
  const char *instruction; // behind the shape
  uint32_t elementBytes;
  uint32_t n;
  bool isTransposed;
  uint32_t steps;
  /// Bytes of a row of a box; 16 is without a swizzle.
  uint32_t span = 128;

  /// Elements of k of a step.
  uint32_t depth() const { return std::max(span, 32u) / elementBytes; }
  Swizzle swizzle() const {
    return span == 16   ? Swizzle::None
           : span == 32 ? Swizzle::B32
           : span == 64 ? Swizzle::B64
                        : Swizzle::B128;
  }
};

std::string productText(const Product &product) {
  uint32_t depth = product.depth(), span = product.span;
  uint32_t perBox = span / product.elementBytes; // along its rows
  uint32_t perProduct = 32 / product.elementBytes;
  uint32_t aBytes = 64 * depth * product.elementBytes;
  uint32_t bBytes = product.n * depth * product.elementBytes;
  uint32_t stage = aBytes + bBytes, sums = product.n / 2;
  auto number = [](uint64_t value) { return std::to_string(value); };
  std::string text = R"(
@full = internal addrspace(3) global [2 x i64] undef, align 8
@tiles = external addrspace(3) global [0 x i8], align 1024
define ptx_kernel void @product(ptr byval([128 x i8]) align 64 %a, ptr byval([128 x i8]) align 64 %b, ptr addrspace(1) %c) {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %first = icmp eq i32 %t, 0
  %base = ptrtoint ptr addrspace(3) @tiles to i64
  %bar1 = getelementptr i64, ptr addrspace(3) @full, i32 1
  br i1 %first, label %make, label %copied0
make:
  call void @llvm.nvvm.mbarrier.init.shared(ptr addrspace(3) @full, i32 1)
  call void @llvm.nvvm.mbarrier.init.shared(ptr addrspace(3) %bar1, i32 1)
  call void @llvm.nvvm.fence.mbarrier_init.release.cluster()
)";
  auto bar = [&](uint32_t step) { return step % 2 ? "%bar1" : "@full"; };
  auto copyStep = [&](uint32_t step) {
    std::string s = number(step);
    text += "  %state" + s +
            " = call i64 @llvm.nvvm.mbarrier.arrive.expect.tx.scope.cta.space."
            "cta(ptr addrspace(3) " +
            bar(step) + ", i32 " + number(stage) + ")\n";
    auto box = [&](const std::string &map, uint32_t offset, bool isTransposed,
                   uint32_t part) {
      std::string to = "%to" + map.substr(1) + s + "." + number(part);
      text += "  " + to +
              ".s = getelementptr i8, ptr addrspace(3) @tiles, i32 " +
              number(step % 2 * stage + offset) + "\n  " + to +
              " = addrspacecast ptr addrspace(3) " + to +
              ".s to ptr addrspace(7)\n";
      std::string k =
          "i32 " + number(step * depth + (isTransposed ? 0 : part * perBox));
      text += "  call void @llvm.nvvm.cp.async.bulk.tensor.g2s.tile.2d(ptr "
              "addrspace(7) " +
              to + ", ptr addrspace(3) " + bar(step) + ", ptr " + map + ", " +
              (isTransposed ? "i32 " + number(perBox * part) + ", " + k
                            : k + ", i32 0") +
              ", i16 0, i64 0, i1 false, i1 false, i32 0)\n";
    };
    for (uint32_t part = 0; part < depth / perBox; ++part)
      box("%a", part * 64 * span, false, part);
    uint32_t parts = product.isTransposed ? product.n / perBox : depth / perBox;
    uint32_t rows = product.isTransposed ? depth : product.n;
    for (uint32_t part = 0; part < parts; ++part)
      box("%b", aBytes + part * rows * span, product.isTransposed, part);
    text += "  br label %copied" + s + "\n";
  };
  copyStep(0);
  text += "copied0:\n";
  std::string sumsType = "{ float", constraints = "\"=f", group = "$0";
  for (uint32_t i = 1; i < sums; ++i) {
    sumsType += ", float";
    constraints += ",=f";
    group += ", $" + number(i);
  }
  sumsType += " }";
  for (uint32_t i = 0; i < sums; ++i)
    constraints += "," + number(i);
  constraints += ",l,l,r,n,n" +
                 std::string(product.elementBytes == 2 ? ",n,n" : "") + "\"";
  std::vector<std::string> sum(sums, "0.0");
  uint32_t count = 0;
  for (uint32_t step = 0; step < product.steps; ++step) {
    std::string s = number(step);
    text += "  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)\n";
    if (step + 1 < product.steps) {
      std::string next = number(step + 1);
      text += "  br i1 %first, label %copy" + next + ", label %copied" + next +
              "\ncopy" + next + ":\n";
      copyStep(step + 1);
      text += "copied" + next + ":\n";
    }
    text += "  %done" + s +
            " = call i1 @llvm.nvvm.mbarrier.try.wait.parity.scope.cta.space."
            "cta(ptr addrspace(3) " +
            bar(step) + ", i32 " + number(step / 2 % 2) + ")\n";
    text += "  call void @llvm.nvvm.wgmma.fence.sync.aligned()\n";
    for (uint32_t part = 0; part < depth / perProduct; ++part, ++count) {
      std::string p = number(count);
      // Groups of eight rows lie one behind the other, boxes likewise. Which
      // of the two steps is the stride depends on the layout ("Matrix
      // Descriptor" of the PTX ISA).
      auto descriptor = [&](const std::string &name, uint32_t offset,
                            uint64_t leading, uint64_t stride) {
        static constexpr uint64_t kModes[] = {0, 3, 2, 1};
        uint64_t bits = kModes[uint32_t(product.swizzle())] << 62 |
                        stride >> 4 << 32 | leading >> 4 << 16;
        text += "  %" + name + p + ".at = add i64 %base, " +
                number(step % 2 * stage + offset) + "\n  %" + name + p +
                ".start = lshr i64 %" + name + p + ".at, 4\n  %" + name + p +
                " = or i64 %" + name + p + ".start, " +
                std::to_string(int64_t(bits)) + "\n";
      };
      bool isPlain = span == 16;
      descriptor("da", part * 32, 64 * 16, 8 * span);
      uint32_t boxOfB = depth * span;
      if (!product.isTransposed)
        descriptor("db", aBytes + part * 32, product.n * 16, 8 * span);
      else
        descriptor("db", aBytes + part * perProduct * span,
                   isPlain ? 8 * span : boxOfB, isPlain ? boxOfB : 8 * span);
      uint32_t n = sums;
      text += "  %x" + p + " = call " + sumsType +
              " asm sideeffect \"{\\0A.reg .pred p;\\0Asetp.ne.b32 p, $" +
              number(2 * n + 2) + ", 0;\\0Awgmma.mma_async.sync.aligned.m64n" +
              number(product.n) + product.instruction + " {" + group + "}, $" +
              number(2 * n) + ", $" + number(2 * n + 1) + ", p, $" +
              number(2 * n + 3) + ", $" + number(2 * n + 4) +
              (product.elementBytes == 2
                   ? ", $" + number(2 * n + 5) + ", $" + number(2 * n + 6)
                   : std::string()) +
              ";\\0A}\", " + constraints + "(";
      for (const std::string &one : sum)
        text += "float " + one + ", ";
      text +=
          "i64 %da" + p + ", i64 %db" + p + ", i32 " + (count ? "1" : "0") +
          ", i32 1, i32 1" +
          (product.elementBytes == 2 ? std::string(", i32 0, i32 ") +
                                           (product.isTransposed ? "1" : "0")
                                     : std::string()) +
          ")\n";
      for (uint32_t i = 0; i < sums; ++i) {
        sum[i] = "%x" + p + "." + number(i);
        text += "  " + sum[i] + " = extractvalue " + sumsType + " %x" + p +
                ", " + number(i) + "\n";
      }
    }
    text += "  call void @llvm.nvvm.wgmma.commit_group.sync.aligned()\n"
            "  call void @llvm.nvvm.wgmma.wait_group.sync.aligned(i64 0)\n";
  }
  text += "  %row = mul i32 %t, " + number(sums) + "\n";
  for (uint32_t i = 0; i < sums; ++i) {
    std::string n = number(i);
    text += "  %i" + n + " = add i32 %row, " + n + "\n  %at" + n +
            " = getelementptr float, ptr addrspace(1) %c, i32 %i" + n +
            "\n  store float " + sum[i] + ", ptr addrspace(1) %at" + n + "\n";
  }
  return text + "  ret void\n}\n";
}

uint32_t narrow(const Product &product, float value) {
  if (product.elementBytes == 4) // the rest of the word is ignored
    return std::bit_cast<uint32_t>(value) | 0x1fff;
  return std::string(product.instruction).find("bf16") != std::string::npos
             ? emulator::toBf16(value)
             : emulator::toF16(value);
}

std::optional<Fault> run(const Product &product, const std::string &text, int k,
                         uint64_t seed = 0) {
  auto emulation = Emulation::ofText(text);
  std::mt19937 random(7);
  auto draw = [&] { return float(int(random() % 17) - 8); };
  int n = int(product.n);
  uint32_t bytes = product.elementBytes;
  auto roundUp = [&](int count) {
    return uint32_t(count) * bytes % 16 ? (count * bytes / 16 + 1) * 16 / bytes
                                        : uint32_t(count);
  };
  /// A matrix as words, each row at a multiple of 16 bytes, and its map.
  auto matrix = [&](const std::string &name, const std::vector<float> &values,
                    int rows, int columns, uint32_t boxColumns,
                    uint32_t boxRows) {
    uint32_t step = roundUp(columns);
    std::vector<uint8_t> memory(((rows - 1) * step + columns) * bytes, 0xff);
    for (int i = 0; i < rows * columns; ++i) {
      uint32_t value = narrow(product, values[i]);
      std::memcpy(memory.data() + (i / columns * step + i % columns) * bytes,
                  &value, bytes);
    }
    Argument buffer = emulation->add(name, memory);
    TensorMap map;
    map.rank = 2;
    map.elementBytes = bytes;
    map.swizzle = product.swizzle();
    map.extents = {uint32_t(columns), uint32_t(rows)};
    map.box = {boxColumns, boxRows};
    map.strides = {step * bytes};
    return Argument::tensorMap(map, buffer.offset, buffer.bytes, name);
  };
  std::vector<float> a(64 * k), b(k * n);
  for (float &value : a)
    value = draw();
  for (float &value : b)
    value = draw();
  uint32_t depth = product.depth(), perBox = product.span / bytes;
  Argument inA = matrix("a", a, 64, k, perBox, 64);
  Argument inB = product.isTransposed ? matrix("b", b, k, n, perBox, depth)
                                      : matrix("b", b, n, k, perBox, product.n);
  Argument out = emulation->add("c", std::vector<float>(64 * n, NAN));
  auto fault = emulation->run(
      {"product", {1}, {128}, 2 * (64 + product.n) * 128, {inA, inB, out}},
      seed);
  if (fault)
    return fault;
  std::vector<float> c = emulation->get<float>(out);
  for (int thread = 0; thread < 128; ++thread)
    for (int i = 0; i < n / 2; ++i) {
      // "Register fragments for wgmma.mma_async.m64nN" of the PTX ISA.
      int row = thread / 32 * 16 + thread % 32 / 4 + (i % 4 < 2 ? 0 : 8);
      int column = i / 4 * 8 + thread % 4 * 2 + i % 2;
      float sum = 0;
      for (int j = 0; j < k; ++j)
        sum += a[row * k + j] *
               (product.isTransposed ? b[j * n + column] : b[column * k + j]);
      EXPECT_EQ(c[thread * n / 2 + i], sum) << row << ", " << column;
    }
  return fault;
}

TEST(WarpgroupProducts, AreProducts) {
  const char *bf16 = "k16.f32.bf16.bf16", *f16 = "k16.f32.f16.f16",
             *tf32 = "k8.f32.tf32.tf32";
  for (auto [product, k] : {
           std::pair(Product{bf16, 2, 64, false, 3}, 150),
           std::pair(Product{f16, 2, 24, false, 2}, 128),
           std::pair(Product{tf32, 4, 40, false, 4}, 101),
           std::pair(Product{bf16, 2, 64, true, 3}, 133),
           std::pair(Product{f16, 2, 128, true, 1}, 64),
           std::pair(Product{tf32, 4, 8, false, 3, 64}, 47),
           std::pair(Product{bf16, 2, 96, true, 2, 64}, 50),
           std::pair(Product{bf16, 2, 16, false, 3, 32}, 41),
           std::pair(Product{f16, 2, 32, true, 2, 32}, 31),
           std::pair(Product{bf16, 2, 40, false, 3, 16}, 33),
           std::pair(Product{f16, 2, 40, true, 3, 16}, 48),
       })
    for (uint64_t seed : {0, 1})
      EXPECT_TRUE(isDone(run(product, productText(product), k, seed)))
          << product.instruction << ", n = " << product.n
          << (product.isTransposed ? " innermost" : "") << ", rows of "
          << product.span;
}

TEST(WarpgroupProducts, Mutants) {
  const Product product{"k16.f32.bf16.bf16", 2, 64, false, 4};
  std::string text = productText(product);
  EXPECT_TRUE(isDone(run(product, text, 256)));
  // Without a barrier a copy overwrites what others still read.
  std::string barrier =
      "  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)\n";
  std::string fewer = text;
  fewer.erase(fewer.rfind(barrier, fewer.rfind(barrier) - 1), barrier.size());
  int found = 0;
  for (uint64_t seed = 0; seed < 4; ++seed)
    if (auto fault = run(product, fewer, 256, seed)) {
      ++found;
      EXPECT_TRUE(fault->kind == Fault::Kind::Race ||
                  fault->kind == Fault::Kind::UnfinishedCopy)
          << fault->text;
    }
  EXPECT_EQ(found, 4);
  // A wait one group short: the barrier comes while products still read.
  auto fault = run(product,
                   with(text, "wait_group.sync.aligned(i64 0)",
                        "wait_group.sync.aligned(i64 1)"),
                   256);
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->kind == Fault::Kind::Race ||
              fault->kind == Fault::Kind::UnfinishedCopy)
      << fault->text;
}

TEST(WarpgroupProducts, AreWaitedFor) {
  // One step only, so that nobody writes what the product reads.
  const Product product{"k16.f32.bf16.bf16", 2, 8, false, 1};
  std::string text = productText(product);
  EXPECT_TRUE(
      stopped(run(product,
                  with(text,
                       "  call void @llvm.nvvm.wgmma.wait_group.sync.aligned("
                       "i64 0)\n",
                       ""),
                  16),
              Fault::Kind::UnfinishedCopy, "did not wait for their group"));
}

TEST(WarpgroupProducts, SeeOnlyWhatIsFenced) {
  // The last step's tile is written by a thread, not by a copy.
  const Product product{"k16.f32.bf16.bf16", 2, 8, false, 1};
  std::string text = productText(product);
  std::string wait = "  call void @llvm.nvvm.wgmma.fence.sync.aligned()\n";
  std::string write = "  br i1 %first, label %touch, label %touched\ntouch:\n"
                      "  %v = load i32, ptr addrspace(3) @tiles\n"
                      "  store i32 %v, ptr addrspace(3) @tiles\n";
  std::string go =
      "  br label %touched\ntouched:\n"
      "  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)\n";
  EXPECT_TRUE(stopped(run(product, with(text, wait, write + go + wait), 64),
                      Fault::Kind::Race, "fence.proxy.async"));
  EXPECT_TRUE(isDone(run(
      product,
      with(text, wait,
           write + "  call void @llvm.nvvm.fence.proxy.async.shared_cta()\n" +
               go + wait),
      64)));
}

} // namespace
