// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = sum(x, axis = [1, -1])
}

// CHECK: axis_named_twice.dlm:4:21: error: axis 1 is named twice
// CHECK-NEXT: y = sum(x, axis = [1, -1])
// CHECK-NEXT: ^~~~~~~
// CHECK-NOT: error:
