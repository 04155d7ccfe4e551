// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
  z = gelu(y, approximate = "tan")
}
training m(label: i32[batch]) {
  loss = softmax_cross_entropy(y, label, weights = [1, 2])
  other = softmax_cross_entropy(y, label, smoothing = 2)
  top = top_k_accuracy(y, y)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: loss_arguments.dlm:5:7: error: the approximation of 'gelu' is none or tanh
// CHECK: loss_arguments.dlm:8:10: error: there is a weight for each class
// CHECK: loss_arguments.dlm:9:11: error: the smoothing of labels is from 0 to 1
// CHECK: loss_arguments.dlm:10:27: error: 'top_k_accuracy' wants a label for each row of logits
// CHECK-NOT: error:
