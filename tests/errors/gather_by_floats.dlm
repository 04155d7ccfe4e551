// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = gather(x, x, axis = 1)
}

// CHECK: gather_by_floats.dlm:4:17: error: indices are whole numbers, not f32[batch, 4]
// CHECK: hint: declare the input as i32[…], or convert: i32(x)
// CHECK-NOT: error:
