// lstm without its embedding, about the 13 million parameters that the talk on
// the study names: the word's one-hot vector goes straight into the first
// layer, whose product with it is a look-up of a column of the weight.

model lstm13(word: i32[batch, steps]) -> probabilities {
  h = one_hot(word, 10000)
  repeat 2 { h = lstm(h, 256, stateful = true, weight_init = uniform(-0.1, 0.1)) }
  logits = dense(h, 10000, weight_init = uniform(-0.1, 0.1))
  probabilities = softmax(logits)
}

training lstm13(next: i32[batch, steps]) {
  loss = softmax_cross_entropy(logits, next)
  report perplexity = exp(loss)
  optimizer = sgd(learning_rate = 0.1)
  clip_norm = 5
  batch = 256; steps = 32; epochs = 10
}

data { next = next_word }
