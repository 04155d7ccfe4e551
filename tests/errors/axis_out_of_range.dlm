// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = sum(x, axis = 2)
}

// CHECK: axis_out_of_range.dlm:4:21: error: there is no axis 2 in a tensor of 2 axes
// CHECK-NEXT: y = sum(x, axis = 2)
// CHECK-NEXT: ^
// CHECK-NOT: error:
