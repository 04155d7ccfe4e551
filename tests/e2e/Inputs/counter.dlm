// Remembers what it read since the beginning of the stream: of one layer whose
// state goes on from batch to batch.
model counter(word: i32[batch, 4] < 9) -> logits {
  h = gru(embedding(word, 9, 6), 8, stateful = true)
  logits = dense(h, 9)
}
training counter(next: i32[batch, 4]) {
  loss = softmax_cross_entropy(logits, next)
  optimizer = adam(learning_rate = 0.01)
  batch = 6; epochs = 2
}
data { next = next_word }
