//===- ConvolutionKernelTest.cpp - products of windows, bit for bit -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A convolution and its gradients are sums of products in which one operand is
// read through a window: its indices are sums of multiples of loop indices.
// Results are compared bit for bit with the chain of fused multiply-adds over
// the product's reduction dimensions in their order. Operands lie between
// pages that nobody may read.
//
//===----------------------------------------------------------------------===//

#include "JitKernel.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>
#include <random>
#include <sstream>
#include <sys/mman.h>
#include <unistd.h>

using dlcc::test::JitKernel;
using dlcc::test::runnableProcessors;

namespace {

using Shape = std::vector<int64_t>;

int64_t product(const Shape &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

/// One index of a tensor: the multiples of loop dimensions that it adds up.
struct Index {
  std::vector<std::pair<int64_t, int64_t>> terms; ///< dimension, factor
  int64_t constant = 0;
};

/// A tensor as the loops see it.
struct Access {
  Shape shape;
  std::vector<Index> indices;

  std::string type(const std::string &element) const {
    std::ostringstream text;
    text << "tensor<";
    for (int64_t extent : shape)
      text << extent << 'x';
    text << element << '>';
    return text.str();
  }

  std::string map(size_t dims) const {
    std::ostringstream text;
    text << "affine_map<(";
    for (size_t i = 0; i < dims; ++i)
      text << (i ? ", d" : "d") << i;
    text << ") -> (";
    for (size_t i = 0; i < indices.size(); ++i) {
      text << (i ? ", " : "") << indices[i].constant;
      for (auto [dim, factor] : indices[i].terms)
        text << " + d" << dim << " * " << factor;
    }
    text << ")>";
    return text.str();
  }

  int64_t at(const Shape &loops) const {
    int64_t offset = 0;
    for (size_t i = 0; i < shape.size(); ++i) {
      int64_t index = indices[i].constant;
      for (auto [dim, factor] : indices[i].terms)
        index += loops[dim] * factor;
      EXPECT_TRUE(index >= 0 && index < shape[i]) << "the test reads outside";
      offset = offset * shape[i] + index;
    }
    return offset;
  }
};

/// A sum of products: loops over `parallel` dimensions, then over those that
/// are summed. Dimension `batch` is bounded by the rows given.
struct Sum {
  Shape extents;
  int64_t parallel, batch;
  Access a, b, c;

  /// The kernel; `epilogue` writes %y of %p, and of %bias where it is given.
  std::string kernel(const std::string &type,
                     const std::string &bias = "") const {
    bool isFloat = type[0] == 'f';
    std::string ta = a.type(type), tb = b.type(type), tc = c.type(type);
    std::ostringstream text;
    text << "func.func private @k(%a: " << ta << ", %b: " << tb;
    if (!bias.empty())
      text << ", %bias: tensor<" << c.shape.back() << 'x' << type
           << ">, %other: " << tc;
    text << ") -> " << tc << " attributes {dlc.kernel = \"k\"} {\n"
         << "  %zero = arith.constant " << (isFloat ? "0.0" : "0") << " : "
         << type << "\n  %empty = tensor.empty() : " << tc
         << "\n  %init = linalg.fill ins(%zero : " << type
         << ") outs(%empty : " << tc << ") -> " << tc
         << "\n  %p = linalg.generic {indexing_maps = ["
         << a.map(extents.size()) << ", " << b.map(extents.size()) << ", "
         << c.map(extents.size()) << "], iterator_types = [";
    for (size_t i = 0; i < extents.size(); ++i)
      text << (i ? ", " : "")
           << (int64_t(i) < parallel ? "\"parallel\"" : "\"reduction\"");
    text << "]} ins(%a, %b : " << ta << ", " << tb << ") outs(%init : " << tc
         << ") attrs = {dlc.rows = array<i64: ";
    for (size_t i = 0; i < extents.size(); ++i)
      text << (i ? ", " : "") << (int64_t(i) == batch);
    text << ">} {\n  ^bb0(%l: " << type << ", %r: " << type
         << ", %acc: " << type << "):\n    %x = arith."
         << (isFloat ? "mulf" : "muli") << " %l, %r : " << type
         << "\n    %s = arith." << (isFloat ? "addf" : "addi")
         << " %acc, %x : " << type << "\n    linalg.yield %s : " << type
         << "\n  } -> " << tc << "\n"
         << bias << "  return " << (bias.empty() ? "%p" : "%y") << " : " << tc
         << "\n}\n";
    return text.str();
  }

  /// y = max(p + bias[channel], 0) - other.
  std::string withBias() const {
    size_t rank = c.shape.size();
    std::ostringstream dims, iterators;
    for (size_t i = 0; i < rank; ++i) {
      dims << (i ? ", d" : "d") << i;
      iterators << (i ? ", " : "") << "\"parallel\"";
    }
    std::string same =
        "affine_map<(" + dims.str() + ") -> (" + dims.str() + ")>";
    std::string tc = c.type("f32");
    std::ostringstream text;
    text << "  %y = linalg.generic {indexing_maps = [" << same
         << ", affine_map<(" << dims.str() << ") -> (d" << rank - 1 << ")>, "
         << same << ", " << same << "], iterator_types = [" << iterators.str()
         << "]} ins(%p, %bias, %other : " << tc << ", tensor<" << c.shape.back()
         << "xf32>, " << tc << ") outs(%empty : " << tc
         << ") {\n  ^bb0(%x: f32, %v: f32, %w: f32, %o: f32):\n"
            "    %floor = arith.constant 0.0 : f32\n"
            "    %0 = arith.addf %x, %v : f32\n"
            "    %1 = arith.cmpf ogt, %0, %floor : f32\n"
            "    %2 = arith.select %1, %0, %floor : f32\n"
            "    %3 = arith.subf %2, %w : f32\n"
            "    linalg.yield %3 : f32\n  } -> "
         << tc << "\n";
    return kernel("f32", text.str());
  }

  /// Calls `body` for each index of dimensions [from, to), in order, where no
  /// more than `rows` of the batch are given.
  void each(Shape &index, size_t from, size_t to, int64_t rows,
            const std::function<void()> &body) const {
    if (from == to)
      return body();
    int64_t end = int64_t(from) == batch ? rows : extents[from];
    for (index[from] = 0; index[from] < end; ++index[from])
      each(index, from + 1, to, rows, body);
  }

  template <typename T>
  void expected(const T *x, const T *y, int64_t rows,
                std::vector<T> &result) const {
    Shape index(extents.size());
    each(index, 0, parallel, rows, [&] {
      T sum = 0;
      each(index, parallel, extents.size(), rows, [&] {
        if constexpr (std::is_floating_point_v<T>)
          sum = std::fma(x[a.at(index)], y[b.at(index)], sum);
        else
          sum += x[a.at(index)] * y[b.at(index)];
      });
      result[c.at(index)] = sum;
    });
  }
};

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

//===----------------------------------------------------------------------===//
// Convolutions over images of any rank, channels last
//===----------------------------------------------------------------------===//

/// A layer; the extents of `image` are those after padding.
struct Layer {
  int64_t batch;
  Shape image, window, stride, dilation;
  int64_t channels, features;
  int64_t groups = 0; ///< 0: no dimension of groups; else both are per group
  int64_t rows = -1;  ///< rows given; all of them by default

  size_t rank() const { return image.size(); }
  int64_t given() const { return rows < 0 ? batch : rows; }
  int64_t reach(size_t i) const { return (window[i] - 1) * dilation[i] + 1; }
  int64_t places(size_t i) const {
    return (image[i] - reach(i)) / stride[i] + 1;
  }
};

/// Collects dimensions by name while the loops are put together.
class Loops {
public:
  int64_t add(int64_t extent) {
    extents.push_back(extent);
    return int64_t(extents.size()) - 1;
  }
  Shape add(const Shape &list) {
    Shape dims;
    for (int64_t extent : list)
      dims.push_back(add(extent));
    return dims;
  }
  Shape extents;
};

void append(Access &access, int64_t extent, Index index) {
  access.shape.push_back(extent);
  access.indices.push_back(std::move(index));
}

void append(Access &access, const Loops &loops, int64_t dim) {
  append(access, loops.extents[dim], {{{dim, 1}}, 0});
}

Shape placesOf(const Layer &layer) {
  Shape places;
  for (size_t i = 0; i < layer.rank(); ++i)
    places.push_back(layer.places(i));
  return places;
}

/// y[n, p.., o] = sum over k.., c of x[n, p*stride + k*dilation.., c] *
/// w[o, c, k..], the form of the forward pass.
Sum forward(const Layer &layer) {
  Loops loops;
  int64_t n = loops.add(layer.batch);
  Shape places = loops.add(placesOf(layer));
  int64_t g = layer.groups ? loops.add(layer.groups) : -1;
  int64_t o = loops.add(layer.features);
  auto parallel = int64_t(loops.extents.size());
  Shape window = loops.add(layer.window);
  int64_t c = loops.add(layer.channels);

  Sum sum{loops.extents, parallel, n, {}, {}, {}};
  append(sum.a, loops, n);
  for (size_t i = 0; i < layer.rank(); ++i)
    append(sum.a, layer.image[i],
           {{{places[i], layer.stride[i]}, {window[i], layer.dilation[i]}}, 0});
  for (Access *access : {&sum.a, &sum.b})
    if (g >= 0)
      append(*access, loops, g);
  append(sum.a, loops, c);
  append(sum.b, loops, o);
  append(sum.b, loops, c);
  for (int64_t dim : window)
    append(sum.b, loops, dim);
  append(sum.c, loops, n);
  for (int64_t dim : places)
    append(sum.c, loops, dim);
  if (g >= 0)
    append(sum.c, loops, g);
  append(sum.c, loops, o);
  return sum;
}

/// The same form with a window counted from its far end and the weights' other
/// axis summed: dx[n, i.., c] = sum over k.., o of
/// dy[n, i + (K-1-k)*dilation.., o] * w[o, c, k..]. `image` is dy's, padded.
Sum inputGradient(const Layer &layer) {
  Sum sum = forward(layer);
  size_t spatial = layer.rank();
  for (size_t i = 0; i < spatial; ++i) {
    Index &index = sum.a.indices[1 + i];
    index.terms[1].second = -layer.dilation[i];
    index.constant = (layer.window[i] - 1) * layer.dilation[i];
  }
  // [o, c, k..] becomes [c, o, k..]: the features are summed.
  size_t first = layer.groups ? 1 : 0;
  std::swap(sum.b.shape[first], sum.b.shape[first + 1]);
  std::swap(sum.b.indices[first], sum.b.indices[first + 1]);
  return sum;
}

/// dw[o, c, k..] = sum over n, p.. of dy[n, p.., o] *
/// x[n, p*stride + k*dilation.., c].
Sum weightGradient(const Layer &layer) {
  Loops loops;
  int64_t g = layer.groups ? loops.add(layer.groups) : -1;
  int64_t o = loops.add(layer.features), c = loops.add(layer.channels);
  Shape window = loops.add(layer.window);
  auto parallel = int64_t(loops.extents.size());
  int64_t n = loops.add(layer.batch);
  Shape places = loops.add(placesOf(layer));

  Sum sum{loops.extents, parallel, n, {}, {}, {}};
  append(sum.a, loops, n);
  for (int64_t dim : places)
    append(sum.a, loops, dim);
  append(sum.b, loops, n);
  for (size_t i = 0; i < layer.rank(); ++i)
    append(sum.b, layer.image[i],
           {{{places[i], layer.stride[i]}, {window[i], layer.dilation[i]}}, 0});
  for (Access *access : {&sum.a, &sum.b, &sum.c})
    if (g >= 0)
      append(*access, loops, g);
  append(sum.a, loops, o);
  append(sum.b, loops, c);
  append(sum.c, loops, o);
  append(sum.c, loops, c);
  for (int64_t dim : window)
    append(sum.c, loops, dim);
  return sum;
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
    auto kernel = JitKernel::compile(sum.withBias(), "k", processor);
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
    auto kernel = JitKernel::compile(sum.withBias(), "k", processor);
    ASSERT_TRUE(kernel);
    std::vector<float> c = other;
    kernel->run({a.data(), b.data(), bias.data(), c.data(), c.data()},
                layer.given());
    expectSameBits(c, expected);
  }
}

} // namespace
