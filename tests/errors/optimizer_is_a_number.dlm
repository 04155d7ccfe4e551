// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = 0.1
}

// CHECK: optimizer_is_a_number.dlm:8:15: error: the optimizer cannot be the number 0.1
// CHECK-NEXT: optimizer = 0.1
// CHECK-NEXT: ^~~
// CHECK: hint: sgd, adam, adamw, rmsprop, adagrad, adadelta or lamb
// CHECK-NOT: error:
