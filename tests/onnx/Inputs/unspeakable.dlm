// What ONNX cannot say, a model each; the last ones it can.
model noisy(x: f32[batch, 4]) -> y {
  y = x + random_normal(shape(x))
}

extern fn euclid(a: f32[n, d], b: f32[n, d]) -> f32[] = "euclid" gradient "euclid_grad"

model calls(x: f32[batch, 4]) -> y {
  y = x * euclid(x, x)
}

model same(x: f32[batch, 4]) -> (y, z, w) {
  y = -x
  z = y
  w = x
}

model counts(x: f32[batch, 4]) -> y {
  calls = buffer([4], init = ones())
  calls <- calls + 1
  y = x + calls
}

model sorted(x: f32[batch, 4]) -> y {
  y = sort(x)
}
