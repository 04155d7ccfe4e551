// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(x: f32[batch, 3]) {
  loss = mean((y - x) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: training_input_shadows.dlm:6:12: error: the model has a 'x' already
// CHECK-NEXT: training m(x: f32[batch, 3]) {
// CHECK-NEXT: ^
// CHECK: training_input_shadows.dlm:3:9: note: this one
// CHECK: hint: a training block reads the model's names
// CHECK-NOT: error:
