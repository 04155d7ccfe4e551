// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
}

// CHECK: no_optimizer.dlm:6:1: error: this training block has no optimizer
// CHECK-NEXT: training m(t: f32[batch, 3]) {
// CHECK-NEXT: ^~~~~~~~
// CHECK: hint: optimizer = sgd(learning_rate = 0.1)
// CHECK-NOT: error:
