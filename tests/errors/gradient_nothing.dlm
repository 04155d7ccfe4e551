// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn f(x) { return x } gradient (dy) { z = dy * 2 }
model m(x: f32[batch, 4]) -> y {
  y = f(x)
}

// CHECK: gradient_nothing.dlm:3:22: error: the gradient returns nothing
// CHECK: hint: return a result for each argument of 'f'
// CHECK-NOT: error:
