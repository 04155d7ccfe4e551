// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 3, 8, 8]) -> y {
  y = conv2d(x, 4, kernel = 3, stride = 0)
}

// CHECK: stride_of_zero.dlm:4:41: error: 'stride' is at least 1, not 0
// CHECK-NEXT: y = conv2d(x, 4, kernel = 3, stride = 0)
// CHECK-NEXT: ^
// CHECK-NOT: error:
