// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x * 2
}
training m() {
  loss = mean(y ^ 2)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: no_parameters.dlm:6:10: error: the model has no parameter to train
// CHECK-NEXT: training m() {
// CHECK-NEXT: ^
// CHECK-NOT: error:
