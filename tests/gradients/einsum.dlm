// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Products by einsum and of matrices whose leading axes broadcast.

model products(x: f32[batch, 4, 3], y: f32[batch, 3, 2], m: f32[3, 3])
    -> (a, b, c, d, e, f, g, h, i, j, k, l, n, o, p) {
  w = param([5, 3], init = normal())
  v = param([2, 4, 3], init = normal())
  a = einsum("bij,bjk->bik", [x, y])
  b = einsum("bij,oj->bio", [x, w])
  c = einsum("oj,bij->oib", [w, x])
  u = param([6, 2], init = normal())
  d = einsum("...ij,...jk,lk->...li", [x, y, u])
  e = einsum("bij->bji", [x]) * 2
  f = einsum("bij->b", x)
  g = einsum("ii->", m) + einsum("ii->i", m)
  h = einsum("bij,bij->b", [x, x])
  i = einsum("bij, i, j -> bij", [x, sum(v, axis = [0, 2]), w[0]])
  j = einsum("jk,ij", [m, w])
  k = einsum("hij,bij->bhj", [v, x])
  l = matmul(x[:, none], v, transpose_b = true)
  n = matmul(v, y[:, none])
  o = matmul(m, y)
  p = matmul(reshape(m, [1, 3, 3]), v, transpose_b = true)
}

training products() {
  loss = 0
  for t in [a, b, c, d, e, f, g, h, i, j, k, l, n, o, p] { loss = loss + mean(t ^ 2) }
  optimizer = sgd(learning_rate = 0.1)
  batch = 3
}
