// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 0)
}

// CHECK: dimension_of_zero.dlm:4:16: error: a dimension is at least 1, not 0
// CHECK-NEXT: y = dense(x, 0)
// CHECK-NEXT: ^
// CHECK-NOT: error:
