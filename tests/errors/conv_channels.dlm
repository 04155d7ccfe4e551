// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 3, 8, 8]) -> y {
  w = param([4, 2, 3, 3], init = zeros())
  y = conv(x, w)
}

// CHECK: conv_channels.dlm:5:7: error: a weight of shape [4, 2, 3, 3] reads 2 channels, and f32[batch, 3, 8, 8] has 3
// CHECK-NEXT: y = conv(x, w)
// CHECK-NEXT: ^~~~
// CHECK: conv_channels.dlm:5:15: note: this is the weight
// CHECK-NEXT: y = conv(x, w)
// CHECK-NEXT: ^
// CHECK-NOT: error:
