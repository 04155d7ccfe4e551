// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// A loss that is zero all around has gradients of zero, and they are right.

model zero(x: f32[batch, 3]) -> y {
  y = sigmoid(dense(x, 2))
}
training zero(t: f32[batch]) {
  loss = mean(maximum(y - 2, 0) * 3)
  optimizer = sgd(learning_rate = 0.1)
}
