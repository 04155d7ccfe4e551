model words(word: i32[batch, steps] < vocabulary) -> logits {
  logits = dense(embedding(word, vocabulary, 4), vocabulary)
}

training words(next: i32[batch, steps]) {
  loss = softmax_cross_entropy(logits, next)
  optimizer = sgd(learning_rate = 0.1)
  batch = 1; steps = 2; epochs = 1
}

data { next = next_word }
