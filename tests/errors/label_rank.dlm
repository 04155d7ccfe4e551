// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: i32[batch, 1]) {
  loss = softmax_cross_entropy(y, t)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: label_rank.dlm:7:35: error: 'softmax_cross_entropy' wants a label for each row of logits, not i32[batch, 1]
// CHECK-NEXT: loss = softmax_cross_entropy(y, t)
// CHECK-NEXT: ^
// CHECK-NOT: error:
