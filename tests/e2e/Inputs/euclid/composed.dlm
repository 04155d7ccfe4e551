// Caffe's EuclideanLoss, from tensor functions: the gradient follows.
fn euclid(a, b) { return sum((a - b) ^ 2) / (2 * size(a, 0)) }

import "network.dlm"

model composed(x: f32[batch, 4], target: f32[batch, 3]) -> y {
  y = network(x)
}

training composed() {
  loss = euclid(y, target)
  optimizer = sgd(learning_rate = 0.1)
  batch = 8
}
