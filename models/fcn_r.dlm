// The fully connected network of the benchmarking study (Shi, Wang, Xu, Chu,
// 2016) for MNIST: 784 - 2048 - 4096 - 1024 - 10, sigmoid between.

model fcn_r(image: f32[batch, 784]) -> logits {
  h = image
  for units in [2048, 4096, 1024] { h = sigmoid(dense(h, units)) }
  logits = dense(h, 10)
}

training fcn_r(digit: i32[batch]) {
  loss      = softmax_cross_entropy(logits, digit)
  accuracy  = mean(argmax(logits) == digit)
  optimizer = sgd(learning_rate = 0.05, momentum = 0.9)
  batch = 1024; epochs = 10
}
