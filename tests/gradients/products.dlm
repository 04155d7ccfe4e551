// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Matrix products of odd sizes, transposed and in batches, one weight in two.

model products(x: f32[batch, 7], q: f32[batch, 3, 5], k: f32[batch, 9, 5]) -> (y, z, u) {
  h = dense(x, 13)
  left = param([3, 3], init = normal())
  right = param([7, 3], init = normal())
  y = dense(tanh(h), 1, bias = false) * matmul(x, right)
  z = matmul(q, k, transpose_b = true)
  layer both = dense(units = 5)
  u = both(both(q)) + matmul(broadcast_to(left, [batch, 3, 3]), q)
}
