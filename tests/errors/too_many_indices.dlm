// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x[:, 0, 0]
}

// CHECK: too_many_indices.dlm:4:8: error: 3 indices for f32[batch, 4] with 2 axes
// CHECK-NEXT: y = x[:, 0, 0]
// CHECK-NEXT: ^~~~~~~~~
// CHECK-NOT: error:
