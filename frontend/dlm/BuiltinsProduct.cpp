//===- BuiltinsProduct.cpp - matrix products and einsum -------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Builtins.h"
#include "frontend/dlm/LabelledProduct.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <map>

using namespace dlcc;
using namespace dlcc::dlm;
using llvm::StringRef;

/// Without the axes of 1 whose label has another extent elsewhere: they stand
/// for all elements.
static Labelled dropOnes(Emitter &emitter, const Labelled &x,
                         const std::map<int, Extent> &extents) {
  Labelled result = x;
  result.labels.clear();
  Extents shape;
  for (auto [label, extent] : llvm::zip_equal(x.labels, x.tensor.shape))
    if (extent == extents.at(label)) {
      result.labels.push_back(label);
      shape.push_back(extent);
    }
  if (shape.size() != x.labels.size())
    result.tensor = emitter.reshape(x.tensor, shape);
  return result;
}

//===----------------------------------------------------------------------===//
// matmul
//===----------------------------------------------------------------------===//

static Value matmul(Evaluator &evaluator, BuiltinCall &call) {
  std::optional<Tensor> a =
      evaluator.tensorOf(call.arguments.at("a").first, call.range("a"));
  std::optional<Tensor> b =
      evaluator.tensorOf(call.arguments.at("b").first, call.range("b"));
  if (!a || !b)
    return Value::poison();
  bool transposeA = call.flag(evaluator, "transpose_a");
  bool transposeB = call.flag(evaluator, "transpose_b");
  for (auto [tensor, name] : {std::pair(&*a, "a"), std::pair(&*b, "b")})
    if (tensor->rank() < 2 || isBool(tensor->element))
      return evaluator.error(
          call.range(name),
          "a matrix product wants matrices of numbers, not " +
              toString(*tensor),
          tensor->rank() == 1 ? "x[:, none] makes a column" : "");
  if (a->element != b->element)
    return evaluator.error(
        Diagnostic(call.expr.pointAt,
                   "operands of a matrix product have different types, " +
                       nameOf(a->element) + " and " + nameOf(b->element))
            .note(call.range("a"), "this is " + toString(*a))
            .note(call.range("b"), "this is " + toString(*b))
            .withHint(nameOf(a->element) + "(x) converts"));

  // Leading axes are counted from the last one of them: -1, -2, …
  enum { Row, Inner, Column };
  int leading = std::max(a->rank(), b->rank()) - 2;
  std::map<int, Extent> extents;
  llvm::SmallVector<int> labels;
  bool fits = true;
  auto label = [&](const Tensor &tensor, int row, int column) {
    Labelled result{tensor, {}};
    for (int i = 0, n = tensor.rank() - 2; i < n; ++i) {
      result.labels.push_back(i - n);
      auto [known, isNew] = extents.try_emplace(i - n, tensor.shape[i]);
      if (!isNew && known->second.isOne())
        known->second = tensor.shape[i];
      fits &= tensor.shape[i].isOne() || known->second == tensor.shape[i];
    }
    result.labels.append({row, column});
    return result;
  };
  Labelled left = transposeA ? label(*a, Inner, Row) : label(*a, Row, Inner);
  Labelled right =
      transposeB ? label(*b, Column, Inner) : label(*b, Inner, Column);
  const Extent &innerA = a->shape[left.axisOf(Inner)];
  const Extent &innerB = b->shape[right.axisOf(Inner)];
  if (!fits || innerA != innerB)
    return evaluator.error(
        Diagnostic(
            call.expr.pointAt,
            "shapes " + toString(a->shape) + " and " + toString(b->shape) +
                " of a matrix product do not fit" +
                (fits ? ": " + innerA.str() + " and " + innerB.str() + " differ"
                      : ": the leading axes differ"))
            .note(call.range("a"), "this is " + toString(*a))
            .note(call.range("b"), "this is " + toString(*b)));
  extents[Row] = a->shape[left.axisOf(Row)];
  extents[Inner] = innerA;
  extents[Column] = b->shape[right.axisOf(Column)];
  for (int i = -leading; i < 0; ++i)
    labels.push_back(i);
  labels.append({Row, Column});
  Extents shape;
  Labels kept;
  for (int wanted : labels) {
    shape.push_back(extents[wanted]);
    kept.insert(wanted);
  }
  if (!evaluator.checkSize(shape, a->element, call.expr.pointAt))
    return Value::poison();
  Emitter &emitter = *evaluator.emitter;
  return Value::ofTensor(
      arrange(emitter,
              multiply(emitter, dropOnes(emitter, left, extents),
                       dropOnes(emitter, right, extents), kept),
              labels));
}

//===----------------------------------------------------------------------===//
// einsum
//===----------------------------------------------------------------------===//

namespace {

/// "ij,...jk->...ik": letters, and -1, -2, … from the last for the axes that
/// the dots stand for.
class Einsum {
public:
  Einsum(Evaluator &evaluator, BuiltinCall &call)
      : evaluator(evaluator), call(call), emitter(*evaluator.emitter) {}
  Value run();

private:
  bool fail(const llvm::Twine &text, StringRef hint = "") {
    evaluator.error(call.range("equation"), text, hint);
    return false;
  }
  bool readOperands();
  bool readTerm(StringRef term, int dots, llvm::SmallVectorImpl<int> &labels);
  bool labelOperands(StringRef terms);
  bool readResult(StringRef equation, StringRef result, bool isGiven);
  bool bindExtents();
  Labelled takeDiagonals(const Labelled &x);

  Evaluator &evaluator;
  BuiltinCall &call;
  Emitter &emitter;
  llvm::SmallVector<Labelled> operands;
  llvm::SmallVector<int> result;
  std::map<int, Extent> extents;
  int mostDots = 0;
};

} // namespace

bool Einsum::readOperands() {
  const Value &list = call.arguments.at("xs").first;
  Range range = call.range("xs");
  bool isList = list.is(ValueKind::List) && !list.elements->empty();
  if (!isList && !list.isTensor()) {
    evaluator.error(range,
                    "'einsum' wants a list of tensors, not " + describe(list),
                    "einsum(\"ij,jk->ik\", [a, b])");
    return false;
  }
  std::vector<Value> values;
  if (isList)
    values.assign(list.elements->begin(), list.elements->end());
  else
    values.push_back(list);
  for (const Value &value : values) {
    std::optional<Tensor> tensor = evaluator.tensorOf(value, range);
    if (!tensor)
      return false;
    if (isBool(tensor->element) ||
        (!operands.empty() && tensor->element != operands[0].tensor.element)) {
      evaluator.error(range,
                      "'einsum' wants tensors of numbers of one type, and here "
                      "is " +
                          toString(*tensor),
                      "f32(x) converts");
      return false;
    }
    operands.push_back({*tensor, {}});
  }
  return true;
}

/// One operand's letters; dots stand for `dots` axes.
bool Einsum::readTerm(StringRef term, int dots,
                      llvm::SmallVectorImpl<int> &labels) {
  bool hadDots = false;
  for (size_t i = 0; i < term.size(); ++i) {
    if (term.substr(i).starts_with("...") && !hadDots) {
      for (int k = dots; k > 0; --k)
        labels.push_back(-k);
      hadDots = true;
      i += 2;
    } else if (llvm::isAlpha(term[i])) {
      labels.push_back(term[i]);
    } else if (term[i] != ' ') {
      return fail("'" + term + "' is no list of axes",
                  "an axis is a letter, and '...' stands for the others");
    }
  }
  return true;
}

bool Einsum::labelOperands(StringRef terms) {
  llvm::SmallVector<StringRef> parts;
  terms.split(parts, ',');
  if (parts.size() != operands.size())
    return fail("the equation has " + llvm::Twine(parts.size()) +
                (parts.size() == 1 ? " operand, " : " operands, ") +
                llvm::Twine(operands.size()) +
                (operands.size() == 1 ? " is given" : " are given"));
  for (auto [part, operand] : llvm::zip_equal(parts, operands)) {
    int letters = llvm::count_if(part, llvm::isAlpha);
    int rank = operand.tensor.rank();
    bool hasDots = part.contains("...");
    if (rank < letters || (rank > letters && !hasDots))
      return fail("'" + part.trim() + "' names " + llvm::Twine(letters) +
                  (letters == 1 ? " axis of " : " axes of ") +
                  toString(operand.tensor));
    mostDots = std::max(mostDots, rank - letters);
    if (!readTerm(part, rank - letters, operand.labels))
      return false;
  }
  return true;
}

/// Without "->" the result has the axes that the dots stand for, then the
/// letters that stand once, in their order.
bool Einsum::readResult(StringRef equation, StringRef text, bool isGiven) {
  std::map<int, int> counts;
  for (const Labelled &operand : operands)
    for (int label : operand.labels)
      ++counts[label];
  if (!isGiven) {
    for (auto [label, count] : counts)
      if (label < 0 || count == 1)
        result.push_back(label);
    return true;
  }
  if (!readTerm(text, mostDots, result))
    return false;
  for (auto [i, label] : llvm::enumerate(result)) {
    std::string name = label < 0 ? "..." : std::string(1, char(label));
    if (!counts.count(label))
      return fail("'" + name + "' of the result is an axis of no operand");
    if (llvm::is_contained(llvm::ArrayRef(result).take_front(i), label))
      return fail("'" + name + "' stands twice in the result");
  }
  return true;
}

/// Axes of one label are equal, or 1.
bool Einsum::bindExtents() {
  for (const Labelled &operand : operands)
    for (auto [label, extent] :
         llvm::zip_equal(operand.labels, operand.tensor.shape)) {
      auto [known, isNew] = extents.try_emplace(label, extent);
      if (isNew || extent.isOne() || known->second == extent)
        continue;
      if (!known->second.isOne())
        return fail((label < 0 ? "the axes of '...' are "
                               : "'" + std::string(1, char(label)) + "' is ") +
                    known->second.str() + " and " + extent.str());
      known->second = extent;
    }
  return true;
}

/// A label that stands twice in an operand: what lies off the diagonal is
/// zero, and summed away.
Labelled Einsum::takeDiagonals(const Labelled &x) {
  Labelled current = x;
  for (size_t i = 0; i < current.labels.size(); ++i)
    for (size_t j = i + 1; j < current.labels.size();) {
      if (current.labels[i] != current.labels[j]) {
        ++j;
        continue;
      }
      Tensor &tensor = current.tensor;
      mlir::Type i32 = emitter.getBuilder().getI32Type();
      Tensor onDiagonal = emitter.compare(dlc::Comparison::EQ,
                                          emitter.iota(i, i32, tensor.shape),
                                          emitter.iota(j, i32, tensor.shape));
      Tensor zero = isFloat(tensor.element)
                        ? emitter.number(0, tensor.element)
                        : emitter.integer(0, tensor.element);
      tensor =
          emitter.reduce(dlc::ReduceKind::Sum,
                         emitter.select(onDiagonal, tensor,
                                        emitter.broadcast(zero, tensor.shape)),
                         {int64_t(j)}, /*keepDims=*/false);
      current.labels.erase(current.labels.begin() + j);
    }
  return current;
}

Value Einsum::run() {
  const Value &given = call.arguments.at("equation").first;
  if (!given.is(ValueKind::String)) {
    if (given.isPoison())
      return given;
    return evaluator.error(call.range("equation"),
                           "an equation is a string, not " + describe(given),
                           "einsum(\"ij,jk->ik\", [a, b])");
  }
  std::string equation = given.text;
  auto [terms, output] = StringRef(equation).split("->");
  bool isGiven = StringRef(equation).contains("->");
  if (!readOperands() || !labelOperands(terms) ||
      !readResult(equation, output, isGiven) || !bindExtents())
    return Value::poison();
  for (const Labelled &operand : operands)
    for (auto [i, label] : llvm::enumerate(operand.labels)) {
      auto first = llvm::find(operand.labels, label) - operand.labels.begin();
      const Extents &shape = operand.tensor.shape;
      if (shape[first] != shape[i] || (first != long(i) && shape[i].hasBatch()))
        return evaluator.error(call.range("equation"),
                               "the diagonal of " + toString(operand.tensor) +
                                   " wants two equal axes, not the rows given");
    }
  Extents shape;
  for (int label : result)
    shape.push_back(extents.at(label));
  if (!evaluator.checkSize(shape, operands[0].tensor.element,
                           call.expr.pointAt))
    return Value::poison();

  for (Labelled &operand : operands)
    operand = dropOnes(emitter, takeDiagonals(operand), extents);
  Labelled product = operands[0];
  for (size_t i = 1; i <= operands.size(); ++i) {
    // What the result and the operands to come want.
    Labels kept;
    for (int label : result)
      kept.insert(label);
    for (const Labelled &later :
         llvm::ArrayRef(operands).drop_front(std::min(i + 1, operands.size())))
      for (int label : later.labels)
        kept.insert(label);
    product = i < operands.size()
                  ? multiply(emitter, product, operands[i], kept)
                  : sumOver(emitter, product, kept);
  }
  return Value::ofTensor(arrange(emitter, product, result));
}

static Value einsum(Evaluator &evaluator, BuiltinCall &call) {
  return Einsum(evaluator, call).run();
}

llvm::ArrayRef<Builtin> dlcc::dlm::productBuiltins() {
  static const Builtin table[] = {
      {"einsum", "equation xs", einsum},
      {"matmul", "a b transpose_a? transpose_b?", matmul},
  };
  return table;
}
