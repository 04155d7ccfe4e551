// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  batch = 3
  y = x
}

// CHECK: batch_bound.dlm:4:3: error: 'batch' cannot be bound here
// CHECK-NEXT: batch = 3
// CHECK-NEXT: ^~~~~
// CHECK: hint: it stands for the rows, or the time, of the run
// CHECK-NOT: error:
