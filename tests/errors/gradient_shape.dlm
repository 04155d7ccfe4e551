// RUN: not dlcc check %s 2>&1 | FileCheck %s
// A sum over the rows is no gradient of the rows, though it could be broadcast.

fn f(x) { return x } gradient (dy) { return sum(dy, 0) }
fn g(x) { return x } gradient (dy) { return i32(dy) }
model m(x: f32[batch, 4]) -> y {
  y = f(x)
  z = g(x)
}

// CHECK: gradient_shape.dlm:4:45: error: the gradient of 'x' is f32[4], but the argument is f32[batch, 4]
// CHECK: gradient_shape.dlm:5:45: error: the gradient of 'x' is i32[batch, 4], but the argument is f32[batch, 4]
// CHECK-NOT: error:
