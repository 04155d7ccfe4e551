// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 2.5)
}

// CHECK: dimension_is_no_whole_number.dlm:4:16: error: a dimension is a whole number known at compile time, not the number 2.5
// CHECK-NEXT: y = dense(x, 2.5)
// CHECK-NEXT: ^~~
// CHECK-NOT: error:
