// Sequence to sequence with GRUs and dot-product attention (Cho et al. 2014;
// Luong, Pham, Manning, 2015): the decoder begins with the encoder's last state,
// reads the target shifted by one, and looks at what the encoder said.

const words = 8000

model gru_seq2seq(source: i32[batch, source_steps], source_length: i32[batch] < 33,
                  shifted: i32[batch, target_steps]) -> logits {
  memory, last = gru(embedding(source, words, 256), 256, lengths = source_length, states = true)
  h = gru(embedding(shifted, words, 256), 256, h = last)
  mask = (iota([source_steps]) < maximum(source_length, 1)[:, none])[:, none, :]
  context = attention(h, memory, memory, mask = mask)
  logits = dense(tanh(dense(concat([context, h], axis = 2), 256)), words)
}

// Targets are -1 where the sentence has ended.
training gru_seq2seq(target: i32[batch, target_steps]) {
  loss = softmax_cross_entropy(logits, target, ignore_index = -1)
  report perplexity = exp(loss)
  optimizer = adam(learning_rate = 1e-3)
  clip_norm = 1
  batch = 64; source_steps = 32; target_steps = 32; epochs = 10
}
