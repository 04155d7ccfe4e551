//===- ConvolutionSums.cpp - convolutions as sums of products -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvolutionSums.h"

#include <cassert>
#include <numeric>
#include <sstream>

namespace dlcc::test {

int64_t product(const Shape &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

std::string Access::type(const std::string &element) const {
  std::ostringstream text;
  text << "tensor<";
  for (int64_t extent : shape)
    text << extent << 'x';
  text << element << '>';
  return text.str();
}

std::string Access::map(size_t dims) const {
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

int64_t Access::at(const Shape &loops) const {
  int64_t offset = 0;
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t index = indices[i].constant;
    for (auto [dim, factor] : indices[i].terms)
      index += loops[dim] * factor;
    assert(index >= 0 && index < shape[i] && "the sum stays inside");
    offset = offset * shape[i] + index;
  }
  return offset;
}

std::string Sum::kernel(const std::string &type) const {
  return text(type, "", 0);
}

/// The kernel; `epilogue` makes %y of %p, %bias (of `biases` elements) and
/// %other.
std::string Sum::text(const std::string &factor, const std::string &epilogue,
                      int64_t biases) const {
  std::string type = factor == "f16" ? "f32" : factor;
  bool isFloat = type[0] == 'f', widens = type != factor;
  std::string ta = a.type(factor), tb = b.type(factor), tc = c.type(type);
  std::ostringstream text;
  text << "func.func private @k(%a: " << ta << ", %b: " << tb;
  if (!epilogue.empty())
    text << ", %bias: tensor<" << biases << 'x' << type << ">, %other: " << tc;
  text << ") -> " << tc << " attributes {dlc.kernel = \"k\"} {\n"
       << "  %zero = arith.constant " << (isFloat ? "0.0" : "0") << " : "
       << type << "\n  %empty = tensor.empty() : " << tc
       << "\n  %init = linalg.fill ins(%zero : " << type
       << ") outs(%empty : " << tc << ") -> " << tc
       << "\n  %p = linalg.generic {indexing_maps = [" << a.map(extents.size())
       << ", " << b.map(extents.size()) << ", " << c.map(extents.size())
       << "], iterator_types = [";
  for (size_t i = 0; i < extents.size(); ++i)
    text << (i ? ", " : "")
         << (int64_t(i) < parallel ? "\"parallel\"" : "\"reduction\"");
  text << "]} ins(%a, %b : " << ta << ", " << tb << ") outs(%init : " << tc
       << ") attrs = {dlc.rows = array<i64: ";
  for (size_t i = 0; i < extents.size(); ++i)
    text << (i ? ", " : "") << (int64_t(i) == batch);
  text << ">} {\n  ^bb0(%l: " << factor << ", %r: " << factor
       << ", %acc: " << type << "):\n";
  if (widens)
    text << "    %wl = arith.extf %l : " << factor << " to " << type
         << "\n    %wr = arith.extf %r : " << factor << " to " << type << "\n";
  if (isRounded)
    text << "    %nl = arith.truncf %l : f32 to bf16\n"
            "    %nr = arith.truncf %r : f32 to bf16\n"
            "    %wl = arith.extf %nl : bf16 to f32\n"
            "    %wr = arith.extf %nr : bf16 to f32\n";
  text << "    %x = arith." << (isFloat ? "mulf" : "muli")
       << (widens || isRounded ? " %wl, %wr" : " %l, %r") << " : " << type
       << "\n    %s = arith." << (isFloat ? "addf" : "addi")
       << " %acc, %x : " << type << "\n    linalg.yield %s : " << type
       << "\n  } -> " << tc << "\n"
       << epilogue << "  return " << (epilogue.empty() ? "%p" : "%y") << " : "
       << tc << "\n}\n";
  return text.str();
}

std::string Sum::kernelWithBias(size_t dim) const {
  size_t rank = c.shape.size();
  std::ostringstream dims, iterators;
  for (size_t i = 0; i < rank; ++i) {
    dims << (i ? ", d" : "d") << i;
    iterators << (i ? ", " : "") << "\"parallel\"";
  }
  std::string same = "affine_map<(" + dims.str() + ") -> (" + dims.str() + ")>";
  std::string tc = c.type("f32");
  std::ostringstream epilogue;
  epilogue << "  %y = linalg.generic {indexing_maps = [" << same
           << ", affine_map<(" << dims.str() << ") -> (d" << dim << ")>, "
           << same << ", " << same << "], iterator_types = [" << iterators.str()
           << "]} ins(%p, %bias, %other : " << tc << ", tensor<" << c.shape[dim]
           << "xf32>, " << tc << ") outs(%empty : " << tc
           << ") {\n  ^bb0(%x: f32, %v: f32, %w: f32, %o: f32):\n"
              "    %floor = arith.constant 0.0 : f32\n"
              "    %0 = arith.addf %x, %v : f32\n"
              "    %1 = arith.cmpf ogt, %0, %floor : f32\n"
              "    %2 = arith.select %1, %0, %floor : f32\n"
              "    %3 = arith.subf %2, %w : f32\n"
              "    linalg.yield %3 : f32\n  } -> "
           << tc << "\n";
  return text("f32", epilogue.str(), c.shape[dim]);
}

Sum matrixProduct(int64_t m, int64_t n, int64_t k, bool transposeA,
                  bool transposeB) {
  auto dim = [](int64_t number) { return Index{{{number, 1}}, 0}; };
  auto matrix = [&](Shape shape, Shape dims, bool transposed) {
    if (transposed) {
      std::swap(shape[0], shape[1]);
      std::swap(dims[0], dims[1]);
    }
    return Access{shape, {dim(dims[0]), dim(dims[1])}};
  };
  Sum sum;
  sum.extents = {m, n, k};
  sum.parallel = 2;
  sum.batch = -1;
  sum.a = matrix({m, k}, {0, 2}, transposeA);
  sum.b = matrix({k, n}, {2, 1}, transposeB);
  sum.c = matrix({m, n}, {0, 1}, false);
  return sum;
}

namespace {

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

} // namespace

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

void PrintTo(const Layer &layer, std::ostream *out) {
  *out << layer.batch << " images";
  for (auto [name, values] :
       {std::pair("of", layer.image), std::pair("window", layer.window),
        std::pair("stride", layer.stride),
        std::pair("dilation", layer.dilation)}) {
    *out << ' ' << name;
    for (int64_t value : values)
      *out << ' ' << value;
  }
  *out << ", " << layer.channels << " to " << layer.features << " channels";
  if (layer.groups > 0)
    *out << " in each of " << layer.groups << " groups";
  if (layer.rows >= 0)
    *out << ", rows " << layer.rows;
}

} // namespace dlcc::test
