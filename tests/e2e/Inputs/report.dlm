model words(x: f32[batch, 8]) -> y {
  y = dense(x, 20)
}
training words(word: i32[batch]) {
  loss = softmax_cross_entropy(y, word)
  top = top_k_accuracy(y, word, k = 3)
  report perplexity = exp(loss)
  optimizer = sgd(learning_rate = 0.1)
  clip_norm = 1
  batch = 16; epochs = 2
}
