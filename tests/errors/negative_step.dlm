// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x[:, ::-1]
}

// CHECK: negative_step.dlm:4:14: error: a step is at least 1
// CHECK-NEXT: y = x[:, ::-1]
// CHECK-NEXT: ^~
// CHECK-NOT: error:
