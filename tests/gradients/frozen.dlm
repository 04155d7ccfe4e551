// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// What no block trains is no parameter to check, and a parameter that the loss
// does not see has a gradient of zero.

model frozen(x: f32[batch, 5]) -> y {
  h = dense(x, 3, name = "front")
  y = dense(h, 2, name = "back")
  unused = dense(x, 1, name = "unused")
}
training frozen(t: f32[batch, 2]) {
  loss = mean((y - t) ^ 2)
  optimizer = adagrad()
  parameters "front.*" { frozen = true }
}
