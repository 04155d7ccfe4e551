// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Every evaluation of the loss draws the same numbers.

model random(x: f32[batch, 5]) -> y {
  h = dropout(dense(x, 9), rate = 0.3)
  y = dense(h, 3)
}
training random(t: f32[batch, 3]) {
  loss = mean((y + 0.1 * random_normal([batch, 3]) - t) ^ 2) * (1 + 0.5 * step)
  optimizer = adam()
}
