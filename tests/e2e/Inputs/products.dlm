// Products, to compare with PyTorch's.
model products(x: f32[batch, 4, 3], y: f32[batch, 3, 2], v: f32[2, 4, 3], m: f32[3, 3])
    -> (a, b, c, d, e, f, g, h, i, j, k, l, n, o, p) {
  a = einsum("bij,bjk->bik", [x, y])
  b = einsum("bij,oj->bio", [x, m])
  c = einsum("oj,bij->oib", [m, x])
  d = einsum("...ij,...jk,kl->...li", [x, y, m[0:2]])
  e = einsum("bij->bji", [x])
  f = einsum("bij->b", x)
  g = einsum("ii", m)
  h = einsum("ii->i", m)
  i = einsum("bij, i, j -> bij", [x, v[0, :, 0], m[1]])
  j = einsum("kj,ik", [m, v[1]])
  k = einsum("hij,bij->bhj", [v, x])
  l = matmul(x[:, none], v, transpose_b = true)
  n = matmul(v, y[:, none])
  o = matmul(m, y)
  p = matmul(v, x[:, none], transpose_a = true)
}
