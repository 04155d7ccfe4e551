// RUN: not dlcc check %s 2>&1 | FileCheck %s
// The parameter would never get a gradient.

fn f(x) {
  w = param([4], init = zeros())
  return x * w
} gradient (dy) { return dy }
model m(x: f32[batch, 4]) -> y {
  y = f(x)
}

// CHECK: gradient_and_parameter.dlm:5:7: error: a function with a gradient of its own makes no parameter
// CHECK: hint: give it as an argument, whose gradient can be returned
// CHECK-NOT: error:
