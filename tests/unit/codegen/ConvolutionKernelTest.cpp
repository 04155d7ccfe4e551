//===- ConvolutionKernelTest.cpp - products of windows, bit for bit -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Results are compared bit for bit with the chain of fused multiply-adds over
// the product's reduction dimensions in their order. Operands lie between
// pages that nobody may read.
//
//===----------------------------------------------------------------------===//

#include "ConvolutionSums.h"
#include "JitKernel.h"

#include "gtest/gtest.h"

#include <cstring>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

using namespace dlcc::test;

namespace {

/// Elements that end where the readable page ends, or begin where it begins.
template <typename T> class Guarded {
public:
  Guarded(const std::vector<T> &values, bool atEnd) {
    size_t page = sysconf(_SC_PAGESIZE), size = values.size() * sizeof(T);
    size_t inside = (size + page - 1) / page * page;
    bytes = inside + 2 * page;
    memory = static_cast<char *>(
        mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(memory + page, inside, PROT_READ | PROT_WRITE);
    elements = memory + page + (atEnd ? inside - size : 0);
    std::memcpy(elements, values.data(), size);
  }
  Guarded(const Guarded &) = delete;
  Guarded &operator=(const Guarded &) = delete;
  ~Guarded() { munmap(memory, bytes); }

  void *data() const { return elements; }

private:
  char *memory, *elements;
  size_t bytes;
};

template <typename T> std::vector<T> randoms(size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal(0, 3);
  std::vector<T> values(count);
  for (T &value : values)
    value = static_cast<T>(normal(generator));
  return values;
}

template <typename T>
void expectSameBits(const std::vector<T> &actual,
                    const std::vector<T> &expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i)
    ASSERT_EQ(0, std::memcmp(&actual[i], &expected[i], sizeof(T)))
        << "element " << i << ": " << +actual[i] << " instead of "
        << +expected[i];
}

template <typename T>
void expectSum(const Sum &sum, int64_t rows, const std::string &type) {
  auto a = randoms<T>(product(sum.a.shape), 1);
  auto b = randoms<T>(product(sum.b.shape), 2);
  std::vector<T> untouched(product(sum.c.shape), T(-12345));
  std::vector<T> expected = untouched;
  sum.expected(a.data(), b.data(), rows, expected);
  std::string text = sum.kernel(type);
  SCOPED_TRACE(text);
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(text, "k", processor);
    ASSERT_TRUE(kernel);
    for (bool atEnd : {false, true}) {
      Guarded<T> x(a, atEnd), y(b, atEnd);
      std::vector<T> c = untouched;
      kernel->run({x.data(), y.data(), c.data()}, rows);
      expectSameBits(c, expected);
    }
  }
}

class Convolutions : public testing::TestWithParam<Layer> {};

TEST_P(Convolutions, Forward) {
  expectSum<float>(forward(GetParam()), GetParam().given(), "f32");
}

TEST_P(Convolutions, InputGradient) {
  Layer layer = GetParam();
  std::fill(layer.stride.begin(), layer.stride.end(), 1);
  expectSum<float>(inputGradient(layer), layer.given(), "f32");
}

TEST_P(Convolutions, WeightGradient) {
  expectSum<float>(weightGradient(GetParam()), GetParam().given(), "f32");
}

TEST_P(Convolutions, Doubles) {
  const Layer &layer = GetParam();
  expectSum<double>(forward(layer), layer.given(), "f64");
  expectSum<double>(weightGradient(layer), layer.given(), "f64");
}

INSTANTIATE_TEST_SUITE_P(
    Layers, Convolutions,
    testing::Values(
        // Small odd images, each stride.
        Layer{2, {9, 11}, {3, 3}, {1, 1}, {1, 1}, 5, 7},
        Layer{3, {13, 10}, {5, 3}, {2, 2}, {1, 1}, 3, 10},
        Layer{2, {17, 19}, {4, 4}, {3, 2}, {1, 1}, 16, 33},
        Layer{1, {43, 39}, {11, 11}, {4, 4}, {1, 1}, 3, 20},
        // Dilated; channels that fill vectors, exactly and not.
        Layer{2, {12, 15}, {3, 3}, {1, 1}, {2, 3}, 32, 48},
        Layer{2, {9, 9}, {3, 2}, {2, 1}, {3, 1}, 19, 17},
        // One channel; one feature.
        Layer{5, {12, 12}, {5, 5}, {1, 1}, {1, 1}, 1, 6},
        Layer{2, {8, 7}, {2, 3}, {1, 1}, {1, 1}, 9, 1},
        // Rows below the batch.
        Layer{6, {7, 7}, {3, 3}, {1, 1}, {1, 1}, 8, 16, 0, 4},
        Layer{4, {9, 9}, {3, 3}, {2, 2}, {1, 1}, 3, 5, 0, 1},
        // Windows as large as the image: one place. And of one pixel.
        Layer{7, {4, 5}, {4, 5}, {1, 1}, {1, 1}, 6, 11, 0, 5},
        Layer{3, {5, 6}, {1, 1}, {1, 1}, {1, 1}, 21, 18},
        Layer{3, {5, 7}, {1, 1}, {2, 2}, {1, 1}, 21, 18},
        // Groups.
        Layer{2, {8, 9}, {3, 3}, {1, 1}, {1, 1}, 4, 6, 3},
        Layer{3, {9, 8}, {3, 3}, {2, 2}, {1, 1}, 1, 1, 10, 2},
        // One and three dimensions.
        Layer{3, {40}, {7}, {2}, {1}, 6, 12},
        Layer{2, {33}, {5}, {1}, {4}, 17, 20, 2},
        Layer{2, {6, 7, 8}, {3, 2, 3}, {1, 2, 1}, {1, 1, 2}, 5, 9},
        // Several tasks and blocks of k.
        Layer{4, {16, 17}, {3, 3}, {1, 1}, {1, 1}, 96, 70, 0, 3},
        Layer{9, {15, 15}, {5, 5}, {1, 1}, {1, 1}, 33, 64, 0, 8}));

TEST(ConvolutionKernel, Integers) {
  Layer layer{2, {9, 10}, {3, 3}, {2, 1}, {1, 2}, 18, 21, 0, 1};
  expectSum<int32_t>(forward(layer), 1, "i32");
  expectSum<int64_t>(weightGradient(layer), 1, "i64");
}

TEST(ConvolutionKernel, BiasAndReluOverPixels) {
  Layer layer{4, {13, 12}, {3, 3}, {1, 1}, {1, 1}, 7, 53, 0, 3};
  Sum sum = forward(layer);
  auto a = randoms<float>(product(sum.a.shape), 1);
  auto b = randoms<float>(product(sum.b.shape), 2);
  auto bias = randoms<float>(layer.features, 3);
  auto other = randoms<float>(product(sum.c.shape), 4);
  std::vector<float> untouched(product(sum.c.shape), -12345.0f);
  std::vector<float> expected = untouched;
  sum.expected(a.data(), b.data(), layer.given(), expected);
  size_t given = expected.size() / layer.batch * layer.given();
  for (size_t i = 0; i < given; ++i)
    expected[i] =
        std::max(expected[i] + bias[i % layer.features], 0.0f) - other[i];
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(sum.kernelWithBias(), "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<float> c = untouched;
    kernel->run({a.data(), b.data(), bias.data(), other.data(), c.data()},
                layer.given());
    expectSameBits(c, expected);
  }
}

TEST(ConvolutionKernel, EpilogueOfAWeightGradientInPlace) {
  // The update of a weight reads and writes [o, c, kh, kw].
  Layer layer{3, {11, 9}, {3, 3}, {1, 1}, {1, 1}, 40, 26, 0, 2};
  Sum sum = weightGradient(layer);
  auto a = randoms<float>(product(sum.a.shape), 1);
  auto b = randoms<float>(product(sum.b.shape), 2);
  auto bias = randoms<float>(layer.window.back(), 3);
  auto other = randoms<float>(product(sum.c.shape), 4);
  std::vector<float> expected(other.size());
  sum.expected(a.data(), b.data(), layer.given(), expected);
  for (size_t i = 0; i < expected.size(); ++i)
    expected[i] =
        std::max(expected[i] + bias[i % layer.window.back()], 0.0f) - other[i];
  for (const std::string &processor : runnableProcessors()) {
    SCOPED_TRACE(processor);
    auto kernel = JitKernel::compile(sum.kernelWithBias(), "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<float> c = other;
    kernel->run({a.data(), b.data(), bias.data(), c.data(), c.data()},
                layer.given());
    expectSameBits(c, expected);
  }
}

} // namespace
