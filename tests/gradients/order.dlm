// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Running sums, and elements by their order.

model order(x: f32[batch, 7], t: f32[4, 3, 5]) -> (a, b, c, d, e) {
  a = cumsum(x * x) * cumsum(x, reverse = true, exclusive = true)
  b = cumsum(t, axis = 1, exclusive = true) * cumsum(t, axis = 0)
  c = sort(x) * sort(x, descending = true)
  d = sort(t, axis = 1) * t
  top, at = top_k(t, 2, axis = -1)
  e = top * top + f32(at)
}
