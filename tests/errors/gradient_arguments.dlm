// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn f(x) { return x, x * x } gradient (dy) { return dy }
model m(x: f32[batch, 4]) -> y {
  y, z = f(x)
}

// CHECK: gradient_arguments.dlm:3:29: error: the gradient takes 1 argument, but 'f' gives 2 results
// CHECK-NEXT: fn f(x) { return x, x * x } gradient (dy) { return dy }
// CHECK-NEXT: ^~~~~~~~
// CHECK: hint: an argument for the gradient of each result
// CHECK-NOT: error:
