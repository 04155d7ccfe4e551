// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// The prelude's recurrent layers: lengths, directions, states, peepholes, and a
// product with one-hot vectors of the steps.

model recurrent(x: f32[batch, 5, 3], word: i32[batch, 4] < 6,
                length: i32[batch] < 6) -> (a, b, c, d, e) {
  a = rnn(x, 2, lengths = length)
  b = bidirectional(x, lstm, 2, lengths = length)
  c, h, cell = lstm(x, 3, peephole = true, states = true, reverse = true, lengths = length)
  d, last = gru(b, 3, h = h * cell, states = true)
  e = rnn(lstm(one_hot(word, 6), 2), 2, activation = relu, h = last[:, 0:2], stateful = false)
}

training recurrent() {
  loss = mean(a ^ 3) + mean(b ^ 2) + mean(c ^ 3) + mean(d ^ 2 * c) + mean(sin(e))
  optimizer = sgd(learning_rate = 0.1)
  batch = 3
}
