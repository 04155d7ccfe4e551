// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 1000000000000)
}

// CHECK: too_large.dlm:4:7: error: f32[1000000000000, 4] takes more than 2^40 bytes
// CHECK-NEXT: y = dense(x, 1000000000000)
// CHECK-NEXT: ^~~~~
// CHECK: hint: no machine holds it; is a dimension wrong?
// CHECK-NOT: error:
