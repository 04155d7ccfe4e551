// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = gather(x, [0, 4], axis = 1)
}

// CHECK: gather_outside.dlm:4:17: error: index 4 is outside the dimension 4
// CHECK-NOT: error:
