// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x * step
}

// CHECK: step_outside_training.dlm:4:11: error: 'step' can be read in a training block only
// CHECK-NEXT: y = x * step
// CHECK-NEXT: ^~~~
// CHECK-NOT: error:
