// A language model of characters (Karpathy 2015): two layers of 128, whose state
// goes on along each row's stream.

// How many characters the text has.
const vocabulary = 65

model char_lstm(token: i32[batch, steps]) -> logits {
  h = embedding(token, vocabulary, 64)
  repeat 2 { h = lstm(h, 128, stateful = true) }
  logits = dense(h, vocabulary)
}

training char_lstm(next: i32[batch, steps]) {
  loss = softmax_cross_entropy(logits, next)
  report perplexity = exp(loss)
  optimizer = adam(learning_rate = 2e-3)
  clip_norm = 5
  batch = 32; steps = 64; epochs = 5
}
