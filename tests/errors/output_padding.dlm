// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 3, 8, 8]) -> y {
  y = conv2d_transpose(x, 4, kernel = 3, stride = 2, output_padding = 2)
}

// CHECK: output_padding.dlm:4:71: error: 'output_padding' is below the stride of 2
// CHECK-NEXT: y = conv2d_transpose(x, 4, kernel = 3, stride = 2, output_padding = 2)
// CHECK-NEXT: ^
// CHECK-NOT: error:
