// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = reshape(x, [-1, -1])
}

// CHECK: reshape_two_open.dlm:4:18: error: one dimension at most is left open by -1
// CHECK-NEXT: y = reshape(x, [-1, -1])
// CHECK-NEXT: ^~~~~~~~
// CHECK-NOT: error:
