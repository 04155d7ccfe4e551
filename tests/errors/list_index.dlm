// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  w = [3, 5]
  y = dense(x, w[2])
}

// CHECK: list_index.dlm:5:18: error: index 2 is outside a list of 2
// CHECK-NEXT: y = dense(x, w[2])
// CHECK-NEXT: ^
// CHECK-NOT: error:
