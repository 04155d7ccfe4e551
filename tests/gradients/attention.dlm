// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Attention over the sequence itself, over another one, with lengths, and what
// is learned of places; an embedding that is also the matrix of the logits.

model attentive(word: i32[batch, 5] < 7, x: f32[batch, 3, 4],
                length: i32[batch] < 4) -> (y, z) {
  layer table = embedding(entries = 7, units = 4)
  h = positional_embedding(table(word)) + sinusoidal_positions(5, 4)
  h = h + multi_head_attention(layer_norm(h), heads = 2, causal = true)
  h = h + multi_head_attention(h, heads = 1, memory = x, lengths = maximum(length, 1), bias = false)
  z = attention(rotary(h), h, h, causal = true)
  y = matmul(h, table.weight, transpose_b = true)
}

training attentive(next: i32[batch, 5]) {
  loss = softmax_cross_entropy(y, next) + mean(z ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  batch = 3
}
