// fcn_r with one layer more, 784 - 2048 - 4096 - 4096 - 1024 - 10: about the 31
// million parameters that the talk on the study names.

model fcn_r31(image: f32[batch, 784]) -> logits {
  h = image
  for units in [2048, 4096, 4096, 1024] { h = sigmoid(dense(h, units)) }
  logits = dense(h, 10)
}

training fcn_r31(digit: i32[batch]) {
  loss      = softmax_cross_entropy(logits, digit)
  accuracy  = mean(argmax(logits) == digit)
  optimizer = sgd(learning_rate = 0.05, momentum = 0.9)
  batch = 1024; epochs = 10
}
