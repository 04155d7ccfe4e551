// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(digit: i32[batch]) {
  data { digit = label }
  data train { digit = coarse }
  data { x = image; digit = coarse }
  loss = softmax_cross_entropy(y, digit)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: data_bound_twice.dlm:9:21: error: input 'digit' is bound twice
// CHECK: data_bound_twice.dlm:7:10: note: here before
// CHECK-NOT: error:
