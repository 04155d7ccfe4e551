// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  parameters "*" { frozen = true }
}

// CHECK: everything_frozen.dlm:6:10: error: no parameter is left to train
// CHECK-NEXT: training m(t: f32[batch, 3]) {
// CHECK-NEXT: ^
// CHECK-NOT: error:
