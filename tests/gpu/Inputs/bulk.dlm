// Products of matrices with k along memory, as bulk copies bring them: of f32 and
// of 16 bits, tiles that are not filled, k that ends within a line and k in parts.
model bulk(x: f32[batch, 84], u: f32[260, 84], p: f32[batch, 520],
           q: f32[72, 520]) -> (y, z, w, v) {
  y = einsum("bk,nk->bn", [x, u])
  z = einsum("bk,nk->bn", [p, q])
  w = f32(einsum("bk,nk->bn", [f16(p), f16(q)]))
  v = f32(einsum("bk,nk->bn", [bf16(p), bf16(q)]))
}
