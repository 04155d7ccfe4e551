// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 3, 8, 4]) -> y {
  h = conv2d(x, 4, kernel = 3, padding = 1)
  y = max_pool(h, window = 5)
}

// CHECK: window_does_not_fit.dlm:5:7: error: a window over 5 elements does not fit into axis 3 of f32[batch, 4, 8, 4]
// CHECK-NEXT: y = max_pool(h, window = 5)
// CHECK-NEXT: ^~~~~~~~
// CHECK-NOT: error:
