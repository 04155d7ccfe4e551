// Two layers and a squared error, summed: the smallest network that fits one
// batch of made data by heart.

model two_layer(x: f32[batch, 1000]) -> y {
  h = relu(dense(x, 100, weight_init = he_normal()))
  y = dense(h, 10, weight_init = he_normal())
}

training two_layer(target: f32[batch, 10]) {
  loss      = sum((y - target) ^ 2)
  optimizer = sgd(learning_rate = 1e-4)
  batch = 64; epochs = 500
}
