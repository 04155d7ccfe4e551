// Reductions and orders along axes.

fn mean(x, axis = none, keepdims = false) {
  v = is_float(x) ? x : f32(x)
  return sum(v, axis, keepdims) / count(x, axis)
}
fn variance(x, axis = none, keepdims = false) {
  return mean(square(x - mean(x, axis, true)), axis, keepdims)
}
// Of impossible terms alone it is -inf, and its gradient 0.
fn logsumexp(x, axis = -1, keepdims = false) {
  top = max(stop_gradient(x), axis, true)
  shift = where(abs(top) == inf, 0, top)
  terms = sum(exp(x - shift), axis, true)
  total = where(terms == 0, -inf, log(where(terms == 0, 1, terms)) + shift)
  return keepdims ? total : sum(total, axis)
}
// The gradient needs the result only; the derivative of the division would keep
// the exponentials and their sums as well.
fn softmax(x, axis = -1) {
  e = exp(x - max(x, axis, true))
  y = e * (1 / sum(e, axis, true)) // one division a row: the sum is 1 or more
  return y
} gradient (dy) {
  return y * (dy - sum(dy * y, axis, true)), none
}
fn log_softmax(x, axis = -1) {
  z = x - max(stop_gradient(x), axis, true)
  return z - log(sum(exp(z), axis, true))
}

fn sort(x, axis = -1, descending = false) {
  return take_along(x, argsort(x, axis, descending), axis)
}
// The k largest, in descending order, and their indices.
fn top_k(x, k, axis = -1) {
  at = argsort(x, axis, true, k)
  return take_along(x, at, axis), at
}
