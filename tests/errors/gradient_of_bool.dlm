// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn f(x) { return x > 0 } gradient (dy) { return dy }
model m(x: f32[batch, 4]) -> y {
  y = f(x)
}

// CHECK: gradient_of_bool.dlm:3:26: error: 'f' gives bool[batch, 4], and only a float tensor has a gradient
// CHECK-NOT: error:
