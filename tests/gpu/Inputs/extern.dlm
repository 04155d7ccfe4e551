extern fn soften(a: f32[n, d]) -> f32[n, d] = "soft"

model softened(x: f32[batch, 3]) -> y {
  y = soften(x)
}
