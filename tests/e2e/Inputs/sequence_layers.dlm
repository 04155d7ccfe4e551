// Layers of sequences, to compare with PyTorch's.

model sequences(x: f32[batch, 7, 6], memory: f32[batch, 4, 6], length: i32[batch] < 8)
    -> (a, b, c, h, s, d, e, f, g, k, l) {
  a = rnn(x, 4, lengths = length)
  b = bidirectional(x, lstm, 4, lengths = length)
  c, h, s = lstm(x, 5, states = true)
  d = gru(x, 4, reverse = true)
  e = lstm(x, 3, peephole = true, h = h[:, 0:3], c = s[:, 2:], lengths = length, reverse = true)
  f = multi_head_attention(x, heads = 2, causal = true)
  g = multi_head_attention(x, heads = 3, memory = memory, lengths = minimum(length, 4))
  k = rotary(x)
  l = x + sinusoidal_positions(7, 6)
}

training sequences() {
  total = 0
  for y in [a, b, c, h, s, d, e, f, g] { total = total + mean(y ^ 2) }
  loss = 100 * total
  optimizer = sgd(learning_rate = 1)
  batch = 4
}
