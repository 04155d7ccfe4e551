// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 6, 8, 8]) -> y {
  y = conv2d(x, 10, kernel = 3, groups = 4)
}

// CHECK: conv_groups.dlm:4:7: error: the groups of a convolution divide the channels of its input and of its result
// CHECK-NEXT: y = conv2d(x, 10, kernel = 3, groups = 4)
// CHECK-NEXT: ^~~~~~
// CHECK-NOT: error:
