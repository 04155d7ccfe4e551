// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = step_decay(0.1, every = 10))
}

// CHECK: duration_without_unit.dlm:8:59: error: a duration has a unit, not the number 10
// CHECK-NEXT: optimizer = sgd(learning_rate = step_decay(0.1, every = 10))
// CHECK-NEXT: ^~
// CHECK: hint: write 10 epochs or 200 steps
// CHECK-NOT: error:
