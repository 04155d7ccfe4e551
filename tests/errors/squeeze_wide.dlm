// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = squeeze(x, axis = 1)
}

// CHECK: squeeze_wide.dlm:4:25: error: axis 1 of f32[batch, 4] is not of size 1
// CHECK-NOT: error:
