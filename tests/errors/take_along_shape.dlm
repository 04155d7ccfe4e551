// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4], i: i32[batch]) -> y {
  y = take_along(x, i)
}

// CHECK: take_along_shape.dlm:4:21: error: indices of shape [batch] do not go along axis 1 of f32[batch, 4]: the other dimensions differ
// CHECK: take_along_shape.dlm:4:18: note: this is f32[batch, 4]
// CHECK: hint: gather(x, index) looks indices of any shape up
// CHECK-NOT: error:
