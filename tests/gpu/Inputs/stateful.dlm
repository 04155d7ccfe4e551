// What steps hand on: state that goes along a stream, gradients that are added
// up over steps, a rate that falls with the epoch; and random numbers.
model stateful(token: i32[batch, 5]) -> logits {
  h = dropout(embedding(token, 11, 6), 0.2)
  h = lstm(h, 7, stateful = true)
  logits = dense(h, 11)
}

training stateful(next: i32[batch, 5]) {
  loss = softmax_cross_entropy(logits, next)
  report perplexity = exp(loss)
  optimizer = adamw(learning_rate = 0.01 / (1 + epoch))
  accumulate = 2
  clip_norm = 5
  batch = 3; epochs = 2
}
