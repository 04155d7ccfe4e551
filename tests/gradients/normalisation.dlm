// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Running statistics do not move the loss between its evaluations.

model normalisation(x: f32[batch, 5, 3]) -> y {
  h = batch_norm(layer_norm(x), momentum = 0.9)
  y = dense(flatten(batch_norm(h * h)), 2)
}
training normalisation(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1)
}
