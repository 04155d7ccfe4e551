// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = transpose(x, [1, 1])
}

// CHECK: transpose_axes.dlm:4:20: error: axis 1 is named twice
// CHECK-NEXT: y = transpose(x, [1, 1])
// CHECK-NEXT: ^~~~~~
// CHECK-NOT: error:
