// A tagger of words: a bidirectional LSTM over sentences that are padded to
// `steps` words (Huang, Xu, Yu, 2015, without the random field). Tags behind a
// sentence's end are -1 and do not count.

const words = 20000
const tags = 17

model bilstm_tagger(word: i32[batch, steps] < words, length: i32[batch] < 41) -> logits {
  h = dropout(embedding(word, words, 100), 0.5)
  h = bidirectional(h, lstm, 128, lengths = length)
  logits = dense(dropout(h, 0.5), tags)
}

training bilstm_tagger(tag: i32[batch, steps]) {
  loss = softmax_cross_entropy(logits, tag, ignore_index = -1)
  counted = tag != -1
  accuracy = sum(f32(counted and argmax(logits) == tag)) / maximum(sum(f32(counted)), 1)
  optimizer = adam(learning_rate = 1e-3)
  clip_norm = 5
  batch = 32; steps = 40; epochs = 10
}
