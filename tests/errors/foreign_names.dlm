// RUN: not dlcc check %s 2>&1 | FileCheck %s
// Names that other frameworks have, and functions called as methods.

model m(x: f32[batch, 4]) -> y {
  a = linear(x, 3)
  b = LayerNorm(x)
  c = unsqueeze(x, 1)
  y = x.view([batch, 2, 2])
  z = x.sum()
}
training m(t: i32[batch]) {
  loss = CrossEntropyLoss(y, t)
  optimizer = AdaGrad(learning_rate = 0.1)
}
training m.again(t: i32[batch]) {
  loss = sum(y)
  optimizer = adagrd(learning_rate = 0.1)
}

// CHECK: 5:7: error: nothing here is called 'linear'
// CHECK: hint: did you mean 'dense'?
// CHECK: 6:7: error: nothing here is called 'LayerNorm'
// CHECK: hint: did you mean 'layer_norm'?
// CHECK: 7:7: error: nothing here is called 'unsqueeze'
// CHECK: hint: did you mean 'expand'?
// CHECK: 8:9: error: f32[batch, 4] has no part 'view'
// CHECK: hint: 'reshape' is a function: reshape(x, …)
// CHECK: 9:9: error: f32[batch, 4] has no part 'sum'
// CHECK: hint: 'sum' is a function: sum(x, …)
// CHECK: 12:10: error: nothing here is called 'CrossEntropyLoss'
// CHECK: hint: did you mean 'softmax_cross_entropy'?
// CHECK: 13:15: error: nothing here is called 'AdaGrad'
// CHECK: hint: did you mean 'adagrad'?
// CHECK: 17:15: error: nothing here is called 'adagrd'
// CHECK: hint: did you mean 'adagrad'?
