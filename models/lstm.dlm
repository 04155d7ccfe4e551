// The recurrent network of the benchmarking study (Shi, Wang, Xu, Chu, 2016):
// a language model of 10,000 words, two layers of 256. A row of the batch is a
// stream of its own, whose state goes on from call to call.

model lstm(word: i32[batch, steps]) -> probabilities {
  h = embedding(word, 10000, 256, weight_init = uniform(-0.1, 0.1))
  repeat 2 { h = lstm(h, 256, stateful = true, weight_init = uniform(-0.1, 0.1)) }
  logits = dense(h, 10000, weight_init = uniform(-0.1, 0.1))
  probabilities = softmax(logits)
}

training lstm(next: i32[batch, steps]) {
  loss = softmax_cross_entropy(logits, next)
  report perplexity = exp(loss)
  optimizer = sgd(learning_rate = 0.1)
  clip_norm = 5
  batch = 256; steps = 32; epochs = 10
}

data { next = next_word }
