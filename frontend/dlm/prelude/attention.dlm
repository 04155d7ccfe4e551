// Attention and positions (Vaswani et al. 2017): a sequence is
// [batch, steps, features].

// softmax(q k^T / sqrt(d)) v over the last two axes. A query sees the keys that
// `mask`, a bool that broadcasts to [… queries, keys], is true for; with
// `causal` those at its own place and before. One that sees none gives NaN.
fn attention(q, k, v, causal = false, mask = none, rate = 0) {
  require(rank(q) >= 2 and rank(k) >= 2 and is_float(q), "'attention' wants floats of shape […, steps, features]", q)
  scores = matmul(q, k, transpose_b = true) * (1 / sqrt(size(q, -1)))
  queries = size(q, -2)
  keys = size(k, -2)
  if causal {
    seen = iota([queries, keys], axis = 1) <= iota([queries, keys], axis = 0) + (keys - queries)
    scores = where(seen, scores, -inf)
  }
  if mask != none { scores = where(mask, scores, -inf) }
  return matmul(dropout(softmax(scores), rate), v)
}

// [batch, steps, heads * d] as [batch, heads, steps, d].
fn split_heads(x, heads) {
  return transpose(reshape(x, [size(x, 0), size(x, 1), heads, -1]), [0, 2, 1, 3])
}

// Queries from x, keys and values from `memory` or from x itself; stored as
// PyTorch's, query, key and value in one weight, and with `out` behind.
// `lengths` has a number of keys for each row, `rate` is that of the dropout of
// the attention's weights.
fn multi_head_attention(x, heads, memory = none, causal = false,
                        lengths = none, rate = 0, bias = true,
                        weight_init = xavier_uniform()) {
  require(rank(x) == 3 and is_float(x), "'multi_head_attention' wants floats of shape [batch, steps, features]", x)
  units = size(x, 2)
  require(heads >= 1 and units % heads == 0, "the heads of 'multi_head_attention' divide its features", x)
  weight = param([3 * units, units], init = weight_init, type = type_of(x))
  has_bias = bias
  if has_bias { bias = param([3 * units], init = zeros(), type = type_of(x)) }
  mask = none
  if lengths != none {
    keys = size(memory == none ? x : memory, 1)
    mask = (iota([keys]) < lengths[:, none])[:, none, none, :]
  }
  if memory == none {
    all = matmul(x, weight, transpose_b = true)
    if has_bias { all = all + bias }
    q, k, v = split(all, 3, axis = 2)
  } else {
    require(rank(memory) == 3 and size(memory, 2) == units, "the memory of 'multi_head_attention' is [batch, steps, features] with the features of the queries", memory)
    q = matmul(x, weight[0:units], transpose_b = true)
    both = matmul(memory, weight[units:], transpose_b = true)
    if has_bias {
      q = q + bias[0:units]
      both = both + bias[units:]
    }
    k, v = split(both, 2, axis = 2)
  }
  heads_out = attention(split_heads(q, heads), split_heads(k, heads), split_heads(v, heads), causal, mask, rate)
  joined = reshape(transpose(heads_out, [0, 2, 1, 3]), shape(x))
  return dense(joined, units, bias = has_bias, weight_init = weight_init, name = "out")
}

// [steps, units]: sines in the first half of the units, cosines in the second,
// of wavelengths from 2 pi to 10000 * 2 pi.
fn sinusoidal_positions(steps, units) {
  require(units % 2 == 0, "'sinusoidal_positions' wants an even number of units")
  half = [steps, units / 2]
  angle = iota(half, axis = 0, type = f32) * exp(iota(half, axis = 1, type = f32) * (-log(10000) * 2 / units))
  return concat([sin(angle), cos(angle)], axis = 1)
}
// x and a learned vector for each place.
fn positional_embedding(x, weight_init = normal(std = 0.02)) {
  require(rank(x) == 3 and is_float(x), "'positional_embedding' wants floats of shape [batch, steps, features]", x)
  weight = param([size(x, 1), size(x, 2)], init = weight_init, type = type_of(x))
  return x + weight
}
// Su et al. 2021, of […, steps, d]: pairs of the first and the second half are
// turned by angles that grow with the place.
fn rotary(x, base = 10000) {
  d = size(x, -1)
  require(d % 2 == 0, "'rotary' wants an even number of features", x)
  half = [size(x, -2), d / 2]
  angle = iota(half, axis = 0, type = type_of(x)) * exp(iota(half, axis = 1, type = type_of(x)) * (-log(base) * 2 / d))
  a, b = split(x, 2, axis = -1)
  return concat([a * cos(angle) - b * sin(angle), a * sin(angle) + b * cos(angle)], axis = -1)
}
