// Products of numbers that lie in memory with 16 bits, for the emulator: k
// along memory and not, aligned and not, more than a tile.
model narrow(x: f32[batch, 64], u: f32[64, 48], v: f32[48, 37], w: f32[21, 37]) -> y {
  a = matmul(f16(x), f16(u))
  b = matmul(bf16(f32(a)), bf16(v))
  y = f32(einsum("bk,nk->bn", [f16(f32(b)), f16(w)]))
}
