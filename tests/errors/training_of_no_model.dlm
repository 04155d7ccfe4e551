// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training mm() {
  loss = mean(y ^ 2)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: training_of_no_model.dlm:6:10: error: no model is called 'mm'
// CHECK-NEXT: training mm() {
// CHECK-NEXT: ^~
// CHECK: hint: a training block trains a model of its own file
// CHECK-NOT: error:
