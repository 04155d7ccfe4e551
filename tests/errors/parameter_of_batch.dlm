// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  w = param([batch, 4], init = zeros())
  y = x * w
}

// CHECK: parameter_of_batch.dlm:4:13: error: a parameter cannot depend on the batch: [batch, 4]
// CHECK-NEXT: w = param([batch, 4], init = zeros())
// CHECK-NEXT: ^~~~~~~~~~
// CHECK-NOT: error:
