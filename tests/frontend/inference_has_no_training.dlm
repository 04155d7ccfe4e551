// Dropout is in the step only; what no output needs is nowhere.
// RUN: dlcc compile --train --stop-after=parsed -o - %s | FileCheck %s

model m(x: f32[batch, 8]) -> y {
  unused = exp(x)
  y = dropout(dense(x, 3))
}

training m(t: f32[batch, 3]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1)
  batch = 4
}

// CHECK-LABEL: func.func @forward
// CHECK-NOT: dlc.random
// CHECK-NOT: dlc.exp
// CHECK-LABEL: func.func @evaluate
// CHECK-NOT: dlc.random
// CHECK-LABEL: func.func @train_step
// CHECK: dlc.random uniform
// CHECK: dlc.minimize
