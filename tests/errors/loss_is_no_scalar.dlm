// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = (y - t) ^ 2
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: loss_is_no_scalar.dlm:7:3: error: the loss is a scalar float, not f32[batch, 3]
// CHECK-NEXT: loss = (y - t) ^ 2
// CHECK-NEXT: ^~~~
// CHECK: hint: mean(…) or sum(…) makes a scalar of it
// CHECK-NOT: error:
