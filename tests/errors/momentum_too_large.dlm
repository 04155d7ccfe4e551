// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1, momentum = 9)
}

// CHECK: momentum_too_large.dlm:8:51: error: 'momentum' is below 1, not the number 9
// CHECK-NEXT: optimizer = sgd(learning_rate = 0.1, momentum = 9)
// CHECK-NEXT: ^
// CHECK-NOT: error:
