// The same with its gradient written down.
fn euclid(a, b) {
  difference = a - b
  return sum(difference ^ 2) / (2 * size(a, 0))
}
gradient (dy) {
  da = dy * difference / size(a, 0)
  return da, -da
}

import "network.dlm"

model given(x: f32[batch, 4], target: f32[batch, 3]) -> y {
  y = network(x)
}

training given() {
  loss = euclid(y, target)
  optimizer = sgd(learning_rate = 0.1)
  batch = 8
}
