// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  w = param(4, init = zeros())
  y = x * w
}

// CHECK: shape_is_no_list.dlm:4:13: error: a shape is a list of dimensions, not the number 4
// CHECK-NEXT: w = param(4, init = zeros())
// CHECK-NEXT: ^
// CHECK: hint: [10] is the shape of a vector of ten
// CHECK-NOT: error:
