// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x)
}

// CHECK: missing_argument.dlm:4:7: error: 'dense' lacks its argument 'units'
// CHECK-NEXT: y = dense(x)
// CHECK-NEXT: ^~~~~
// CHECK: hint: it has x, units, bias, weight_init, bias_init
// CHECK-NOT: error:
