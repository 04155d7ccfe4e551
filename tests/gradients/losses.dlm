// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// The prelude's losses, each of a player of its own.

model losses(x: f32[batch, 7]) -> y {
  y = dense(x, 5)
}
training losses.classes(label: i32[batch]) {
  loss = softmax_cross_entropy(y, label)
  hits = accuracy(y, label)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9)
}
training losses.bits(target: bool[batch, 5]) {
  loss = sigmoid_cross_entropy(y, target)
  optimizer = adam()
}
training losses.distances(target: f32[batch, 5]) {
  loss = huber(y, target) + mean_absolute_error(y, target) + mean_squared_error(y, target)
  optimizer = adamw(weight_decay = 0.1)
}
