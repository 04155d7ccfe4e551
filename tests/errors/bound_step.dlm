// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> step {
  step = x
}

// CHECK: bound_step.dlm:4:3: error: 'step' cannot be bound here
// CHECK-NEXT: step = x
// CHECK-NEXT: ^~~~
// CHECK: hint: it stands for the rows, or the time, of the run
// CHECK-NOT: error:
