// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  h = x
}

training m(t: f32[batch, 4]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: unbound_output.dlm:3:30: error: the model never binds its output 'y'
// CHECK-NEXT: model m(x: f32[batch, 4]) -> y {
// CHECK-NEXT: ^
// CHECK: hint: y = … in the model's body
// CHECK-NOT: error:
