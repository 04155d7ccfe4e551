// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  batch = -4
}

// CHECK: negative_batch.dlm:9:11: error: 'batch' is at least 1, not -4
// CHECK-NEXT: batch = -4
// CHECK-NEXT: ^~
// CHECK-NOT: error:
