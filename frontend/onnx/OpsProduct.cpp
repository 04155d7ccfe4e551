//===- OpsProduct.cpp - products of matrices ------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/OpTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <map>

using namespace dlcc;
using namespace dlcc::onnx_reader;

static Values matMul(Node &node) {
  return {node.b.matmul(node.input(0), node.input(1))};
}

static Values gemm(Node &node) {
  Builder &b = node.b;
  Value lhs = node.input(0), rhs = node.input(1);
  if (b.rankOf(lhs) != 2 || b.rankOf(rhs) != 2)
    throw Refusal("it takes matrices");
  int64_t left = node.integer("transA", 0) ? 0 : 1;
  int64_t right = node.integer("transB", 0) ? 1 : 0;
  Value result = b.contract(lhs, rhs, {}, {}, {left}, {right});
  double alpha = node.number("alpha", 1), beta = node.number("beta", 1);
  if (alpha != 1)
    result = b.mul(result, alpha);
  if (!node.has(2))
    return {result};
  Value more = node.input(2);
  if (beta != 1)
    more = b.mul(more, beta);
  return {b.add(result, b.broadcast(more, b.shapeOf(result)))};
}

//===----------------------------------------------------------------------===//
// Einsum
//===----------------------------------------------------------------------===//

namespace {
/// A tensor whose dimensions have letters.
struct Labelled {
  Value value;
  std::string labels;
};
} // namespace

/// Where a letter stands twice only the diagonal counts.
static Labelled takeDiagonals(Builder &b, Labelled x) {
  for (size_t i = 0; i < x.labels.size(); ++i) {
    size_t j = x.labels.find(x.labels[i], i + 1);
    if (j == std::string::npos)
      continue;
    if (b.shapeOf(x.value)[i] != b.shapeOf(x.value)[j])
      throw Refusal("a letter stands for two sizes");
    Value isEqual =
        b.compare(dlc::Comparison::EQ, b.iota(i, b.shapeOf(x.value), b.i32()),
                  b.iota(j, b.shapeOf(x.value), b.i32()));
    Value kept = b.select(isEqual, x.value, b.like(0, x.value));
    x.value = b.sum(kept, {int64_t(j)}, false);
    x.labels.erase(j, 1);
    --i;
  }
  return x;
}

/// Sums over letters that nobody else has.
static Labelled sumAlone(Builder &b, Labelled x, const std::string &needed) {
  Ints axes;
  std::string kept;
  for (auto [i, label] : llvm::enumerate(x.labels))
    if (needed.find(label) == std::string::npos)
      axes.push_back(i);
    else
      kept += label;
  return {b.sum(x.value, axes, false), kept};
}

static Labelled multiply(Builder &b, Labelled lhs, Labelled rhs,
                         const std::string &needed) {
  lhs = sumAlone(b, lhs, needed + rhs.labels);
  rhs = sumAlone(b, rhs, needed + lhs.labels);
  Ints leftBatch, rightBatch, leftSum, rightSum;
  std::string labels, right = rhs.labels, left;
  for (auto [i, label] : llvm::enumerate(lhs.labels)) {
    size_t j = rhs.labels.find(label);
    if (j == std::string::npos) {
      left += label;
      continue;
    }
    right.erase(right.find(label), 1);
    bool stays = needed.find(label) != std::string::npos;
    (stays ? leftBatch : leftSum).push_back(i);
    (stays ? rightBatch : rightSum).push_back(j);
    if (stays)
      labels += label;
  }
  return {b.contract(lhs.value, rhs.value, leftBatch, rightBatch, leftSum,
                     rightSum),
          labels + left + right};
}

static Values einsum(Node &node) {
  Builder &b = node.b;
  std::string equation;
  for (char c : node.text("equation", ""))
    if (c != ' ')
      equation += c;
  auto [left, right] = llvm::StringRef(equation).split("->");
  bool hasResult = llvm::StringRef(equation).contains("->");
  llvm::SmallVector<llvm::StringRef> terms;
  left.split(terms, ',');
  if (terms.size() != node.inputs.size())
    throw Refusal("the equation has " + llvm::Twine(terms.size()) +
                  " terms for " + llvm::Twine(node.inputs.size()) + " inputs");
  // The dimensions of an ellipsis have letters of their own, the last 'z' + 1.
  int64_t most = 0;
  std::map<char, int> counts;
  std::vector<Labelled> factors;
  for (auto [i, term] : llvm::enumerate(terms)) {
    Value x = node.input(i);
    size_t dots = term.find("...");
    std::string labels = term.str();
    for (char c : labels)
      if (c != '.' && !llvm::isAlpha(c))
        throw Refusal("the equation is not understood");
    if (dots != llvm::StringRef::npos) {
      int64_t count = b.rankOf(x) - int64_t(term.size() - 3);
      if (count < 0)
        throw Refusal("a term has more letters than dimensions");
      most = std::max(most, count);
      std::string inner;
      for (int64_t k = count; k > 0; --k)
        inner += char('z' + k);
      labels.replace(dots, 3, inner);
    }
    if (int64_t(labels.size()) != b.rankOf(x) ||
        labels.find('.') != std::string::npos)
      throw Refusal("a term has other letters than its input dimensions");
    for (char c : labels)
      ++counts[c];
    factors.push_back(takeDiagonals(b, {x, labels}));
  }
  std::string all, result = right.str();
  for (int64_t k = most; k > 0; --k)
    all += char('z' + k);
  if (!hasResult) {
    result = all;
    for (auto [label, count] : counts)
      if (count == 1 && label <= 'z')
        result += label;
  } else if (size_t dots = result.find("..."); dots != std::string::npos) {
    result.replace(dots, 3, all);
  }
  Labelled product = factors[0];
  for (size_t i = 1; i < factors.size(); ++i) {
    std::string needed = result;
    for (size_t j = i + 1; j < factors.size(); ++j)
      needed += factors[j].labels;
    product = multiply(b, product, factors[i], needed);
  }
  product = sumAlone(b, product, result);
  Ints order;
  for (char label : result) {
    size_t at = product.labels.find(label);
    if (at == std::string::npos)
      throw Refusal("the result has a letter that no term has");
    order.push_back(at);
  }
  return {b.transpose(product.value, order)};
}

//===----------------------------------------------------------------------===//
// Determinants, whole numbers
//===----------------------------------------------------------------------===//

/// Products of whole numbers, each less its zero point, in i32.
static Values matMulInteger(Node &node) {
  Builder &b = node.b;
  auto factor = [&](size_t i, bool isLeft) {
    Value x = b.cast(node.input(i), b.i32());
    if (!node.has(i + 2))
      return x;
    Value zero = b.cast(node.input(i + 2), b.i32());
    // Of the left factor it is one a row.
    if (isLeft && b.rankOf(zero) == 1 && b.shapeOf(zero)[0] != 1)
      zero = b.insertAxis(zero, 1);
    return b.sub(x, zero);
  };
  return {b.matmul(factor(0, true), factor(1, false))};
}

ArrayRef<OpEntry> dlcc::onnx_reader::productOps() {
  static const OpEntry table[] = {
      {"Einsum", 12, einsum},
      {"Gemm", 7, gemm},
      {"MatMul", 1, matMul},
      {"MatMulInteger", 10, matMulInteger},
  };
  return table;
}
