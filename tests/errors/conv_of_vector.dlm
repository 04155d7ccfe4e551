// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 30]) -> y {
  y = conv2d(x, 4, kernel = 3)
}

// CHECK: conv_of_vector.dlm:4:14: error: 'conv2d' wants floats of shape [batch, channels, …] with 4 axes, not f32[batch, 30]
// CHECK-NEXT: y = conv2d(x, 4, kernel = 3)
// CHECK-NEXT: ^
// CHECK-NOT: error:
