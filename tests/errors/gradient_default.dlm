// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn f(x) { return x } gradient (dy = 1) { return dy }
fn g(x) { return x } gradient { return x }
model m(x: f32[batch, 4]) -> y {
  y = f(x)
  z = g(x)
}

// CHECK: gradient_default.dlm:3:32: error: 'dy' is the gradient of a result: it has neither type nor default
// CHECK: gradient_default.dlm:4:31: error: expected '(' and the inputs, found '{'
// CHECK-NOT: error:
