// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch]) {
  loss = softmax_cross_entropy(y, t)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: label_is_float.dlm:7:35: error: indices are whole numbers, not f32[batch]
// CHECK-NEXT: loss = softmax_cross_entropy(y, t)
// CHECK-NEXT: ^
// CHECK: hint: declare the input as i32[…]
// CHECK-NOT: error:
