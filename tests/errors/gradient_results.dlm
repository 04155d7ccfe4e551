// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn f(x, y) { return x * y } gradient (dz) { return dz * y }
model m(x: f32[batch, 4]) -> y {
  y = f(x, x)
}

// CHECK: gradient_results.dlm:3:45: error: the gradient returns 1 result, but 'f' has 2 arguments
// CHECK-NEXT: fn f(x, y) { return x * y } gradient (dz) { return dz * y }
// CHECK-NEXT: ^~~~~~
// CHECK-NEXT: gradient_results.dlm:5:7: note: in this call of 'f'
// CHECK: hint: a result for each argument; none where there is no gradient
// CHECK-NOT: error:
