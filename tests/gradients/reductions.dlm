// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Sums, products and extremes along first, middle, last and all axes.

model reductions(x: f32[batch, 3, 5], t: f32[7]) -> (a, b, c, d, e, f) {
  w = param([3, 5], init = normal())
  v = x * w
  a = sum(v, 1) + max(v, 1) + min(v, 1) + prod(v, 1)
  b = sum(v, 2) * mean(v, 2) + max(v, 2) - min(v, -1) + prod(v, 2)
  c = sum(v, 0) + max(v, 0) + min(v, 0)
  d = sum(t) * max(t) + prod(t) - min(t) + variance(t)
  e = logsumexp(v, 1) + logsumexp(v * 3, 1, true)[:, 0]
  // Of no possible term the gradient is 0, not NaN.
  e = e + where(x[:, 0] > 0, logsumexp(v + where(x[:, :1] > 0, 0, -inf), 1), 0)
  f = sum(v) + mean(square(v), [0, 2]) + max(v, [1, 2], true)[:, :, 0]
}
