// The same in C, in euclid.c.
extern fn euclid(a: f32[n, d], b: f32[n, d]) -> f32[] = "euclid" gradient "euclid_grad"

import "network.dlm"

model written_in_c(x: f32[batch, 4], target: f32[batch, 3]) -> y {
  y = network(x)
}

training written_in_c() {
  loss = euclid(y, target)
  optimizer = sgd(learning_rate = 0.1)
  batch = 8
}
