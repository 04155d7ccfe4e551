// Layers of rows.

fn flatten(x) {
  require(rank(x) >= 1, "'flatten' wants a tensor with a first dimension", x)
  return reshape(x, [size(x, 0), -1])
}

fn dense(x, units, bias = true, weight_init = xavier_uniform(),
         bias_init = zeros()) {
  require(rank(x) >= 2, "'dense' wants a tensor of at least two dimensions", x)
  require(is_float(x), "'dense' wants floats", x)
  weight = param([units, size(x, -1)], init = weight_init, type = type_of(x))
  y = matmul(x, weight, transpose_b = true)
  if not bias { return y }
  bias = param([units], init = bias_init, type = type_of(x))
  return y + bias
}

// He et al. 2015: a slope for each channel.
fn prelu(x, slope = 0.25) {
  require(rank(x) >= 2, "'prelu' wants a tensor of at least two dimensions", x)
  weight = param([size(x, 1)], init = constant(slope), type = type_of(x))
  return where(x > 0, x, x * reshape(weight, [size(x, 1)] + per_axis(1, rank(x) - 2)))
}

// As PyTorch's: a row of the weight for each index.
fn embedding(index, entries, units, weight_init = normal()) {
  weight = param([entries, units], init = weight_init)
  return gather(weight, index)
}

fn dropout(x, rate = 0.5) {
  require(rate >= 0 and rate < 1, "the rate of 'dropout' is at least 0 and below 1")
  if not training or rate == 0 { return x }
  return where(random_uniform(shape(x)) < rate, 0, x / (1 - rate))
}
