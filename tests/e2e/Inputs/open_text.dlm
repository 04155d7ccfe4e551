// As many characters as the text has.
model open_text(token: i32[batch, 4] < vocabulary) -> logits {
  logits = dense(embedding(token, vocabulary, 8), vocabulary)
}
training open_text(next: i32[batch, 4]) {
  loss = softmax_cross_entropy(logits, next)
  optimizer = sgd(learning_rate = 0.1)
  batch = 2
}
