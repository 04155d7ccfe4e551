// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = adadelta(rho = 1)
  accumulate = 1 + step
}

// CHECK: accumulate_by_step.dlm:9:20: error: 'step' can be read in
// CHECK: accumulate_by_step.dlm:8:30: error: 'rho' is below 1, not the number 1
// CHECK-NOT: error:
