// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = sort(x > 0)
}

// CHECK: sort_of_bools.dlm:4:12: error: only numbers have an order, not bool[batch, 4]
// CHECK: hint: i32(x) makes 0 and 1 of it
// CHECK-NOT: error:
