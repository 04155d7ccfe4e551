// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = reshape(x, [batch, 5])
}

// CHECK: reshape.dlm:4:18: error: shape [batch, 4] of batch*4 elements cannot become [batch, 5] of batch*5 elements
// CHECK-NEXT: y = reshape(x, [batch, 5])
// CHECK-NEXT: ^~~~~~~~~~
// CHECK: reshape.dlm:4:15: note: this is f32[batch, 4]
// CHECK-NOT: error:
