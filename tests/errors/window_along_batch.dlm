// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 3]) -> y {
  y = sum(windows(x, 2, axes = 0), -1)
}

// CHECK: window_along_batch.dlm:4:19: error: a window slides along numbers, not along the dimension batch of f32[batch, 3]
// CHECK-NEXT: y = sum(windows(x, 2, axes = 0), -1)
// CHECK-NEXT: ^
// CHECK-NOT: error:
