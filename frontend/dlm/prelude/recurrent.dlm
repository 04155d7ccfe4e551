// Recurrent layers: a sequence is [batch, steps, features], and gives
// [batch, steps, units].

// What the three layers share. `begin` is a state's first value: what the
// caller gives, what the last call of this model left, or zeros.
fn first_state(x, units, given, kept) {
  if given != none { return given }
  if kept != none { return kept }
  return full([size(x, 0), units], 0, type = type_of(x))
}
// Where a row's step lies beyond its length, what `old` was stays.
fn within(t, lengths, new, old) {
  if lengths == none { return new }
  return where((t < lengths)[:, none], new, old)
}
fn require_sequence(x, lengths) {
  require(rank(x) == 3 and is_float(x), "a recurrent layer wants floats of shape [batch, steps, features]", x)
  if lengths != none {
    require(rank(lengths) == 1, "the lengths of a recurrent layer are a vector: a number of steps for each row", lengths)
  }
}

// Elman 1990, with tanh or relu.
fn rnn(x, units, activation = tanh, reverse = false, h = none, lengths = none,
       stateful = false, states = false, weight_init = xavier_uniform(),
       bias_init = zeros()) {
  require_sequence(x, lengths)
  if stateful { kept_h = state([size(x, 0), units], type = type_of(x)) }
  weight = param([units, size(x, -1)], init = weight_init, type = type_of(x))
  recurrent = param([units, units], init = weight_init, type = type_of(x))
  bias = param([units], init = bias_init, type = type_of(x))
  begin = first_state(x, units, h, stateful ? kept_h : none)
  ys, last = scan (x_t in x, t in 0..size(x, 1), axis = 1, reverse = reverse; h = begin) {
    new = activation(matmul(x_t, weight, transpose_b = true) + matmul(h, recurrent, transpose_b = true) + bias)
    return within(t, lengths, new, 0), within(t, lengths, new, h)
  }
  if stateful { kept_h <- last }
  if states { return ys, last }
  return ys
}

// Hochreiter and Schmidhuber 1997 with forget gates (Gers et al. 2000); the
// gates stand in the order i f g o. With `peephole` the gates see the cell, i
// and f that of the step before (Gers and Schmidhuber 2000).
fn lstm(x, units, peephole = false, reverse = false, h = none, c = none,
        lengths = none, stateful = false, states = false,
        weight_init = xavier_uniform(), bias_init = zeros()) {
  require_sequence(x, lengths)
  if stateful {
    kept_h = state([size(x, 0), units], type = type_of(x))
    kept_c = state([size(x, 0), units], type = type_of(x))
  }
  weight = param([4 * units, size(x, -1)], init = weight_init, type = type_of(x))
  recurrent = param([4 * units, units], init = weight_init, type = type_of(x))
  bias = param([4 * units], init = bias_init, type = type_of(x))
  if peephole { peephole_weight = param([3, units], init = weight_init, type = type_of(x)) }
  begin_h = first_state(x, units, h, stateful ? kept_h : none)
  begin_c = first_state(x, units, c, stateful ? kept_c : none)
  ys, last_h, last_c = scan (x_t in x, t in 0..size(x, 1), axis = 1, reverse = reverse; h = begin_h, c = begin_c) {
    gates = matmul(x_t, weight, transpose_b = true) + matmul(h, recurrent, transpose_b = true) + bias
    i, f, g, o = split(gates, 4, axis = 1)
    if peephole {
      i = i + c * peephole_weight[0]
      f = f + c * peephole_weight[1]
    }
    new_c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    if peephole { o = o + new_c * peephole_weight[2] }
    new_h = sigmoid(o) * tanh(new_c)
    return within(t, lengths, new_h, 0), within(t, lengths, new_h, h), within(t, lengths, new_c, c)
  }
  if stateful {
    kept_h <- last_h
    kept_c <- last_c
  }
  if states { return ys, last_h, last_c }
  return ys
}

// Cho et al. 2014 as PyTorch and cuDNN have it: the reset gate multiplies the
// product. The gates stand in the order r z n; `recurrent_bias` is that of n.
fn gru(x, units, reverse = false, h = none, lengths = none, stateful = false,
       states = false, weight_init = xavier_uniform(), bias_init = zeros()) {
  require_sequence(x, lengths)
  if stateful { kept_h = state([size(x, 0), units], type = type_of(x)) }
  weight = param([3 * units, size(x, -1)], init = weight_init, type = type_of(x))
  recurrent = param([3 * units, units], init = weight_init, type = type_of(x))
  bias = param([3 * units], init = bias_init, type = type_of(x))
  recurrent_bias = param([units], init = bias_init, type = type_of(x))
  begin = first_state(x, units, h, stateful ? kept_h : none)
  ys, last = scan (x_t in x, t in 0..size(x, 1), axis = 1, reverse = reverse; h = begin) {
    from_x = matmul(x_t, weight, transpose_b = true) + bias
    from_h = matmul(h, recurrent, transpose_b = true)
    x_r, x_z, x_n = split(from_x, 3, axis = 1)
    h_r, h_z, h_n = split(from_h, 3, axis = 1)
    r = sigmoid(x_r + h_r)
    z = sigmoid(x_z + h_z)
    n = tanh(x_n + r * (h_n + recurrent_bias))
    new = n + z * (h - n)
    return within(t, lengths, new, 0), within(t, lengths, new, h)
  }
  if stateful { kept_h <- last }
  if states { return ys, last }
  return ys
}

// Schuster and Paliwal 1997: `recurrence` is rnn, lstm or gru; both directions side
// by side, [batch, steps, 2 * units].
fn bidirectional(x, recurrence, units, lengths = none,
                 weight_init = xavier_uniform(), bias_init = zeros()) {
  forwards = recurrence(x, units, lengths = lengths, weight_init = weight_init, bias_init = bias_init, name = "forwards")
  backwards = recurrence(x, units, reverse = true, lengths = lengths, weight_init = weight_init, bias_init = bias_init, name = "backwards")
  return concat([forwards, backwards], axis = 2)
}
