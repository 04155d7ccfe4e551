// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  error = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: no_loss.dlm:6:10: error: training block 'm' has no loss
// CHECK-NEXT: training m(t: f32[batch, 3]) {
// CHECK-NEXT: ^
// CHECK: hint: loss = softmax_cross_entropy(logits, label)
// CHECK-NOT: error:
