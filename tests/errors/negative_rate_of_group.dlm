// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  parameters "*.bias" { learning_rate = -1 }
}

// CHECK: negative_rate_of_group.dlm:9:41: error: 'learning_rate' is not negative
// CHECK-NOT: error:
