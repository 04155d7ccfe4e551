// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn f(x) { return x } gradient (dy) { return dy }
model m(x: f32[batch, 4]) -> y {
  y = f(x)
}

// CHECK: gradient_not_yet.dlm:3:22: error: a function's own 'gradient' is not supported yet
// CHECK-NEXT: fn f(x) { return x } gradient (dy) { return dy }
// CHECK-NEXT: ^~~~~~~~
// CHECK-NOT: error:
