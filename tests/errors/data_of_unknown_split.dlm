// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(digit: i32[batch]) {
  loss = softmax_cross_entropy(y, digit)
  optimizer = sgd(learning_rate = 0.1)
}
data training { x = image }
data valid { x = image }

// CHECK: data_of_unknown_split.dlm:10:6: error: the data has no split 'training'
// CHECK: hint: 'data train', 'data test', or 'data' for both
// CHECK: data_of_unknown_split.dlm:11:6: error: the data has no split 'valid'
// CHECK-NOT: error:
