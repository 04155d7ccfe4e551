// Softmax regression on MNIST: one product, the classic first example.

model softmax_regression(image: f32[batch, 784]) -> logits {
  logits = dense(image, 10)
}

training softmax_regression(digit: i32[batch]) {
  loss      = softmax_cross_entropy(logits, digit)
  accuracy  = mean(argmax(logits) == digit)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9)
  batch = 100; epochs = 10
}
