// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, unit = 5)
}

// CHECK: unknown_keyword.dlm:4:16: error: 'dense' has no parameter 'unit'
// CHECK-NEXT: y = dense(x, unit = 5)
// CHECK-NEXT: ^~~~
// CHECK: hint: it has x, units, bias, weight_init, bias_init
// CHECK-NOT: error:
