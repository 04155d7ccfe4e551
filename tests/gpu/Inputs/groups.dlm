// Products for groups of four warps: the largest tile, with rows beyond the
// result's, and groups that share columns; k along memory and across.
model groups(x: f32[batch, 150, 72], w: f32[batch, 72, 260],
             u: f32[batch, 72, 100], v: f32[batch, 120, 72]) -> (y, z) {
  y = einsum("bmk,bkn->bmn", [x, w])
  z = einsum("bkm,bnk->bmn", [u, v])
}
