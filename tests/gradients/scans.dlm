// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Recurrences: gates, two directions, what is captured, nested loops.

fn lstm_like(x, units, reverse = false) {
  w = param([4 * units, size(x, -1)], init = xavier_uniform())
  u = param([4 * units, units], init = xavier_uniform())
  b = param([4 * units], init = normal(std = 0.1))
  zero = full([size(x, 0), units], 0)
  ys, h, c = scan (x_t in x, axis = 1, reverse = reverse; h = zero, c = zero) {
    gates = matmul(x_t, w, transpose_b = true) + matmul(h, u, transpose_b = true) + b
    i = sigmoid(gates[:, 0:units])
    f = sigmoid(gates[:, units:2 * units])
    g = tanh(gates[:, 2 * units:3 * units])
    o = sigmoid(gates[:, 3 * units:])
    c2 = f * c + i * g
    h2 = o * tanh(c2)
    return h2, h2, c2
  }
  return ys, h, c
}

model scans(x: f32[batch, 5, 3], h0: f32[batch, 4]) -> y {
  // Both directions, and one above the other.
  forwards, h, c = lstm_like(x, 4)
  backwards, g, d = lstm_like(x, 3, reverse = true)
  both = concat([forwards, backwards], axis = 2)
  above, last, cell = lstm_like(both, 2)

  // A weight that is used elementwise, a scalar, and what only some steps use.
  v = param([4], init = normal())
  s = param([], init = ones())
  sums, end = scan (x_t in x, t in 0..5, axis = 1; a = h0) {
    a2 = a * cos(v) + sum(x_t, axis = 1, keepdims = true) * s
    a3 = a2 * f32(t + 1) / 5
    return a3[:, 0:2], a3
  }

  // A carried value that nothing wanted begins, and one that is passed on.
  p, q = scan (t in 0..4; p = h0, q = full([batch, 4], 1)) { return q * v, p + q }

  // A loop in a loop, the inner one over the outer's slice.
  m = param([3], init = normal())
  outer, mixed = scan (x_t in x, axis = 1; z = h0) {
    inner, last = scan (e in x_t, axis = 1; k = z[:, 0]) {
      k2 = sin(k + e * sum(m))
      return k2, k2
    }
    return inner * m, z + expand(last, 1) * v
  }
  y = sum(above, axis = 1) + sum(last * cell, axis = 1, keepdims = true)
  y = y + sum(sums, axis = 1) + end[:, 0:2] + (p * q)[:, 0:2]
  y = y + sum(outer, axis = [1, 2])[:, none] + mixed[:, 1:3]
  y = y + c[:, 0:2] * g[:, 0:2] * h[:, 0:2] + d[:, 1:3]
}

training scans(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1)
}
