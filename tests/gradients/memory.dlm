// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Buffers and states are what they are at the start of a step.

model memory(x: f32[batch, 3]) -> y {
  seen = buffer([3], init = ones())
  h = state([batch, 3])
  seen <- 0.9 * seen + 0.1 * mean(x, 0)
  h <- tanh(dense(concat([x, h], axis = 1), 3))
  y = h * seen
}
training memory(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = rmsprop()
}
