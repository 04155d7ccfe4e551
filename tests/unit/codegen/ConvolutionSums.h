//===- ConvolutionSums.h - convolutions as sums of products -----*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A convolution and its gradients are sums of products in which one operand is
// read through a window: its indices are sums of multiples of loop indices.
// Here they are made as loops, for the text of a kernel and for its reference.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_CODEGEN_CONVOLUTIONSUMS_H
#define DLCC_TESTS_UNIT_CODEGEN_CONVOLUTIONSUMS_H

#include <cmath>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace dlcc::test {

using Shape = std::vector<int64_t>;

int64_t product(const Shape &shape);

/// One index of a tensor: the multiples of loop dimensions that it adds up.
struct Index {
  std::vector<std::pair<int64_t, int64_t>> terms; ///< dimension, factor
  int64_t constant = 0;
};

/// A tensor as the loops see it.
struct Access {
  Shape shape;
  std::vector<Index> indices;

  std::string type(const std::string &element) const;
  std::string map(size_t dims) const;
  /// The number of the element that is read at `loops`.
  int64_t at(const Shape &loops) const;
};

/// A sum of products: loops over `parallel` dimensions, then over those that
/// are summed. Dimension `batch` is bounded by the rows given.
struct Sum {
  Shape extents;
  int64_t parallel, batch;
  Access a, b, c;
  /// Whether the kernel rounds the factors, of type f32, to bf16.
  bool isRounded = false;

  int64_t multiplyAdds() const { return product(extents); }
  /// The kernel @k of the sum alone; factors of type f16 are summed in f32.
  std::string kernel(const std::string &type) const;
  /// The kernel, in f32, of y = max(sum + bias, 0) - other, where the bias
  /// runs along dimension `dim` of the result.
  std::string kernelWithBias(size_t dim) const;

  /// Each element's chain of fused multiply-adds in the order of the loops.
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

  /// Calls `body` for each result with its number and its factors, in the order
  /// of the loops.
  template <typename T, typename Body>
  void eachFactors(const T *x, const T *y, int64_t rows,
                   const Body &body) const {
    Shape index(extents.size());
    each(index, 0, parallel, rows, [&] {
      std::vector<T> left, right;
      each(index, parallel, extents.size(), rows, [&] {
        left.push_back(x[a.at(index)]);
        right.push_back(y[b.at(index)]);
      });
      body(c.at(index), left, right);
    });
  }

private:
  std::string text(const std::string &factor, const std::string &epilogue,
                   int64_t biases) const;

  /// Calls `body` for each index of dimensions [from, to), in order, where no
  /// more than `rows` of the batch are given.
  template <typename Body>
  void each(Shape &index, size_t from, size_t to, int64_t rows,
            const Body &body) const {
    if (from == to)
      return body();
    int64_t end = int64_t(from) == batch ? rows : extents[from];
    for (index[from] = 0; index[from] < end; ++index[from])
      each(index, from + 1, to, rows, body);
  }
};

/// C[m][n] = sum over k of A[m][k] * B[k][n], with A and B transposed or not.
Sum matrixProduct(int64_t m, int64_t n, int64_t k, bool transposeA,
                  bool transposeB);

/// A convolution over images of any rank, channels last; the extents of
/// `image` are those after padding.
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

/// What a test of it is called by.
void PrintTo(const Layer &layer, std::ostream *out);

/// y[n, p.., o] = sum over k.., c of x[n, p*stride + k*dilation.., c] *
/// w[o, c, k..], the form of the forward pass.
Sum forward(const Layer &layer);

/// The same form with a window counted from its far end and the weights' other
/// axis summed: dx[n, i.., c] = sum over k.., o of
/// dy[n, i + (K-1-k)*dilation.., o] * w[o, c, k..]. `image` is dy's, padded.
Sum inputGradient(const Layer &layer);

/// dw[o, c, k..] = sum over n, p.. of dy[n, p.., o] *
/// x[n, p*stride + k*dilation.., c].
Sum weightGradient(const Layer &layer);

} // namespace dlcc::test

#endif // DLCC_TESTS_UNIT_CODEGEN_CONVOLUTIONSUMS_H
