// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 4 / 0)
}

// CHECK: division_by_zero.dlm:4:20: error: division by zero
// CHECK-NEXT: y = dense(x, 4 / 0)
// CHECK-NEXT: ^
// CHECK-NOT: error:
