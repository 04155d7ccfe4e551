// A multilayer perceptron on MNIST: 784 - 300 - 100 - 10.

model mlp(image: f32[batch, 784]) -> logits {
  h = image
  for units in [300, 100] { h = relu(dense(h, units, weight_init = he_normal())) }
  logits = dense(h, 10)
}

training mlp(digit: i32[batch]) {
  loss      = softmax_cross_entropy(logits, digit)
  accuracy  = mean(argmax(logits) == digit)
  optimizer = sgd(learning_rate = 0.05, momentum = 0.9)
  batch = 100; epochs = 10
}
