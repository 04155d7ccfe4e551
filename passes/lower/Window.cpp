//===- Window.cpp - sums of windows to linalg -----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `unwindow` in the form that gathers: each element of the result asks the
// windows that lie on it, so that elements are independent of one another.
//
// Element h is operand element (p, k) for every p * stride + k * dilation = h.
// With g = gcd(stride, dilation) there is none unless g divides h, and then k
// runs over k0, k0 + stride / g, … where k0 is (h / g) times the inverse of
// dilation / g, modulo stride / g. So one loop of `getSteps` turns an axis
// finds all of them.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/LookThrough.h"
#include "passes/lower/Patterns.h"
#include "llvm/ADT/TypeSwitch.h"

#include <numeric>

using namespace mlir;
using namespace dlcc;
using namespace dlcc::lower;

namespace {

/// Arithmetic on indices in a body.
class IndexBuilder {
public:
  IndexBuilder(OpBuilder &body, Location loc) : body(body), loc(loc) {}

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(body, loc, value);
  }
  Value add(Value a, Value b) { return arith::AddIOp::create(body, loc, a, b); }
  Value sub(Value a, Value b) { return arith::SubIOp::create(body, loc, a, b); }
  Value mul(Value a, int64_t b) {
    return b == 1 ? a : arith::MulIOp::create(body, loc, a, constant(b));
  }
  /// Of indices that are at least 0, or whose result nobody asks for.
  Value div(Value a, int64_t b) {
    return b == 1 ? a : arith::DivSIOp::create(body, loc, a, constant(b));
  }
  Value rem(Value a, int64_t b) {
    return b == 1 ? constant(0)
                  : arith::RemSIOp::create(body, loc, a, constant(b));
  }
  Value clamp(Value a, int64_t size) {
    a = arith::MaxSIOp::create(body, loc, a, constant(0));
    return arith::MinSIOp::create(body, loc, a, constant(size - 1));
  }
  Value compare(arith::CmpIPredicate predicate, Value a, int64_t b) {
    return arith::CmpIOp::create(body, loc, predicate, a, constant(b));
  }

  OpBuilder &body;
  Location loc;
};

/// The number b with a * b = 1 modulo m.
int64_t invert(int64_t a, int64_t m) {
  for (int64_t b = 0; b < m; ++b)
    if (a * b % m == 1 % m)
      return b;
  llvm_unreachable("a and m have a common divisor");
}

/// The scalar of `value` at `indices`, read from tensors and computed through
/// what readers look through.
Value emitElement(Value value, const KernelLowering &kernel,
                  ArrayRef<Value> indices, IndexBuilder &b) {
  Type element = getElementTypeOrSelf(value.getType());
  if (Value tensor = kernel.getTensor(value))
    return emitExtract(b.body, b.loc, tensor, indices, element);
  Operation *op = value.getDefiningOp();
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](dlc::BroadcastOp broadcast) {
        auto from = cast<RankedTensorType>(broadcast.getOperand().getType());
        SmallVector<Value> at;
        for (auto [i, axis] : llvm::enumerate(broadcast.getAxes()))
          at.push_back(from.getDimSize(i) == 1 ? b.constant(0) : indices[axis]);
        return emitElement(broadcast.getOperand(), kernel, at, b);
      })
      .Case([&](dlc::TransposeOp transpose) {
        SmallVector<Value> at(indices.size());
        for (auto [i, axis] : llvm::enumerate(transpose.getPermutation()))
          at[axis] = indices[i];
        return emitElement(transpose.getOperand(), kernel, at, b);
      })
      .Case([&](dlc::WindowOp window) {
        auto at = llvm::to_vector(indices.drop_back(window.getAxes().size()));
        for (auto [i, axis] : llvm::enumerate(window.getAxes())) {
          Value inside =
              b.mul(indices[at.size() + i], window.getDilations()[i]);
          at[axis] = b.add(b.mul(at[axis], window.getStrides()[i]), inside);
          if (int64_t start = window.getStart(i))
            at[axis] = b.add(at[axis], b.constant(start));
        }
        return emitElement(window.getOperand(), kernel, at, b);
      })
      .Case([&](dlc::IotaOp iota) {
        Type scalar = getScalarType(element);
        bool isFloat = isa<FloatType>(scalar);
        Value index = arith::IndexCastOp::create(
            b.body, b.loc, isFloat ? b.body.getI64Type() : scalar,
            indices[iota.getAxis()]);
        return isFloat ? arith::SIToFPOp::create(b.body, b.loc, scalar, index)
                       : index;
      })
      .Case([&](dlc::ConstantOp) {
        Source source = kernel.getSourceAt(value, {}, {});
        return arith::ConstantOp::create(b.body, b.loc, source.constant);
      })
      .Default([&](Operation *elementwise) {
        auto operands =
            llvm::map_to_vector(op->getOperands(), [&](Value operand) {
              return emitElement(operand, kernel, indices, b);
            });
        return emitElementwise(elementwise, b.body, b.loc, operands);
      });
}

/// Where one axis of an `unwindow` reads: place and index in the window, and
/// whether there is such an element.
struct WindowPlace {
  Value place, inside, exists;
};

} // namespace

/// For element `index` of an axis and turn `step` of its loop.
static WindowPlace findPlace(Value index, Value step, int64_t places,
                             int64_t size, int64_t stride, int64_t dilation,
                             IndexBuilder &b) {
  int64_t reach = std::abs(dilation), common = std::gcd(stride, reach);
  int64_t apart = stride / common;
  Value first =
      b.rem(b.mul(b.div(index, common), invert(reach / common % apart, apart)),
            apart);
  Value k = apart == 1 ? step : b.add(first, b.mul(step, apart));
  Value start = b.sub(index, b.mul(k, reach));
  Value place = b.div(start, stride);

  using Predicate = arith::CmpIPredicate;
  auto both = [&](Value x, Value y) -> Value {
    return arith::AndIOp::create(b.body, b.loc, x, y);
  };
  Value exists = both(b.compare(Predicate::sge, start, 0),
                      b.compare(Predicate::slt, place, places));
  if (size % apart != 0) {
    exists = both(exists, b.compare(Predicate::slt, k, size));
    k = b.clamp(k, size);
  }
  if (common != 1)
    exists = both(exists, b.compare(Predicate::eq, b.rem(index, common), 0));
  if (dilation < 0)
    k = b.sub(b.constant(size - 1), k);
  return {b.clamp(place, places), k, exists};
}

bool lower::lowerWindow(Operation *op, KernelLowering &kernel) {
  auto unwindow = dyn_cast<dlc::UnwindowOp>(op);
  if (!unwindow)
    return false;
  auto type = cast<RankedTensorType>(unwindow.getResult().getType());
  Dims dims = getDims(type);
  SmallVector<int64_t> reduced;
  for (int64_t steps : unwindow.getSteps()) {
    reduced.push_back(dims.size());
    dims.push_back({steps, ""});
  }
  LoopNest loops = kernel.getLoops(op, dims, reduced);
  ArrayRef<int64_t> sizes = unwindow.getSizes();
  ArrayRef<int64_t> shape = unwindow.getOperand().getType().getShape();
  emitReduction(
      unwindow.getResult(), kernel, dlc::ReduceKind::Sum, dims, reduced, loops,
      {}, [&](OpBuilder &body, Location loc, ValueRange) {
        IndexBuilder b(body, loc);
        SmallVector<Value> indices;
        for (int64_t loop : loops.loopOf)
          indices.push_back(linalg::IndexOp::create(body, loc, loop));
        Value exists;
        for (auto [i, axis] : llvm::enumerate(unwindow.getAxes())) {
          WindowPlace at = findPlace(
              indices[axis], indices[type.getRank() + i], shape[axis], sizes[i],
              unwindow.getStrides()[i], unwindow.getDilations()[i], b);
          indices[axis] = at.place;
          indices[type.getRank() + i] = at.inside;
          exists =
              exists
                  ? Value(arith::AndIOp::create(body, loc, exists, at.exists))
                  : at.exists;
        }
        Value element = emitElement(unwindow.getOperand(), kernel, indices, b);
        Value zero = arith::ConstantOp::create(
            body, loc, cast<TypedAttr>(body.getZeroAttr(element.getType())));
        return arith::SelectOp::create(body, loc, exists, element, zero);
      });
  return true;
}
