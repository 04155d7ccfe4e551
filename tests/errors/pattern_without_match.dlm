// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  parameters "*.bais" { weight_decay = 0 }
}

// CHECK: pattern_without_match.dlm:9:14: error: no parameter matches "*.bais"
// CHECK-NEXT: parameters "*.bais" { weight_decay = 0 }
// CHECK-NEXT: ^~~~~~~~
// CHECK: hint: parameters are dense.weight, dense.bias
// CHECK-NOT: error:
