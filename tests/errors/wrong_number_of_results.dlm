// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn f(x) { return x, x }
model m(x: f32[batch, 4]) -> y {
  a, b, c = f(x)
  y = a
}

// CHECK: wrong_number_of_results.dlm:5:13: error: 3 names for 2 values
// CHECK-NEXT: a, b, c = f(x)
// CHECK-NEXT: ^~~~
// CHECK-NOT: error:
