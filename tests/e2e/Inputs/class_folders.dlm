// The colour of small pictures.

model colours(image: f32[batch, 3, 8, 8]) -> logits {
  logits = dense(global_avg_pool(image), 3)
}

training colours(colour: i32[batch]) {
  loss      = softmax_cross_entropy(logits, colour)
  accuracy  = mean(argmax(logits) == colour)
  optimizer = sgd(learning_rate = 1.0, momentum = 0.9)
  batch = 8; epochs = 10
}
