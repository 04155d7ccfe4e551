// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 4)
  error = mean_squared_error(y, t)
}

training m(t: f32[batch, 4]) {
  loss = error
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: training_input_in_model.dlm:5:33: error: nothing here is called 't'
// CHECK-NOT: error:
