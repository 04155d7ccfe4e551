// A classifier of texts: two blocks of a transformer's encoder (Vaswani et al.
// 2017) over texts that are padded to `steps` words, and the mean over a text's
// own words.

const words = 20000
const classes = 4

fn block(x, heads, lengths) {
  h = layer_norm(x + dropout(multi_head_attention(x, heads, lengths = lengths, rate = 0.1), 0.1))
  y = dense(relu(dense(h, 4 * size(h, 2))), size(h, 2))
  return layer_norm(h + dropout(y, 0.1))
}

model transformer_classifier(word: i32[batch, steps], length: i32[batch] < 129) -> logits {
  n = maximum(length, 1)
  h = embedding(word, words, 128) * sqrt(128) + sinusoidal_positions(steps, 128)
  repeat 2 { h = block(h, heads = 4, lengths = n) }
  own = f32(iota([steps]) < n[:, none])
  logits = dense(sum(h * own[:, :, none], axis = 1) / f32(n)[:, none], classes)
}

training transformer_classifier(label: i32[batch]) {
  loss = softmax_cross_entropy(logits, label)
  accuracy = mean(argmax(logits) == label)
  optimizer = adam(learning_rate = 5e-4)
  batch = 32; steps = 128; epochs = 10
}
