// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(rate = 0.1)
}

// CHECK: unknown_optimizer_setting.dlm:8:19: error: 'sgd' has no parameter 'rate'
// CHECK-NEXT: optimizer = sgd(rate = 0.1)
// CHECK-NEXT: ^~~~
// CHECK: hint: it has learning_rate, momentum, weight_decay, nesterov
// CHECK-NOT: error:
