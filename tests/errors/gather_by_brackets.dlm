// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4], i: i32[3]) -> y {
  y = x[:, i]
}

// CHECK: gather_by_brackets.dlm:4:12: error: an index is a whole number known at compile time, not i32[3]
// CHECK: hint: gather(x, index, axis) takes elements by a tensor of indices
// CHECK-NOT: error:
