// A small generative transformer (Radford et al. 2019, as in nanoGPT): four
// blocks of pre-normalised causal attention and a network of two layers; the
// embedding of the tokens is also the matrix of the logits.

// How many characters the text has.
const vocabulary = 65

fn block(x, heads) {
  h = x + multi_head_attention(layer_norm(x), heads, causal = true)
  y = gelu(dense(layer_norm(h), 4 * size(h, 2)), approximate = "tanh")
  return h + dense(y, size(h, 2))
}

model gpt_nano(token: i32[batch, steps]) -> logits {
  layer table = embedding(entries = vocabulary, units = 128, weight_init = normal(std = 0.02))
  h = positional_embedding(table(token))
  repeat 4 { h = block(h, heads = 4) }
  logits = matmul(layer_norm(h), table.weight, transpose_b = true)
}

training gpt_nano(next: i32[batch, steps]) {
  loss = softmax_cross_entropy(logits, next)
  report perplexity = exp(loss)
  optimizer = adamw(learning_rate = 1e-3, weight_decay = 0.1)
  parameters "*.bias", "layer_norm*.*", "*.layer_norm*.*" { weight_decay = 0 }
  clip_norm = 1
  batch = 16; steps = 64; epochs = 5
}
