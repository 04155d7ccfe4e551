// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = conv2d(x, 20, kernel = 5)
}

// CHECK: conv_not_yet.dlm:4:7: error: 'conv2d' is not supported yet
// CHECK-NEXT: y = conv2d(x, 20, kernel = 5)
// CHECK-NEXT: ^~~~~~
// CHECK-NOT: error:
