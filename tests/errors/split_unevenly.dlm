// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  a, b, y = split(x, 3, axis = 1)
}

// CHECK: split_unevenly.dlm:4:22: error: a dimension of 4 cannot be split into these parts
// CHECK: split_unevenly.dlm:4:19: note: this is f32[batch, 4]
// CHECK: hint: a list gives the sizes: split(x, [1, 2], axis = 1)
// CHECK-NOT: error:
