// The next character by the one before: at best the entropy of pairs.
model bigram(token: i32[batch, 16] < 12) -> logits {
  logits = embedding(token, 12, 12, weight_init = zeros())
}
training bigram(next: i32[batch, 16]) {
  loss = softmax_cross_entropy(logits, next)
  report perplexity = exp(loss)
  optimizer = adam(learning_rate = exponential_decay(0.1, every = 10 epochs, factor = 0.5))
  batch = 8; epochs = 60
}
