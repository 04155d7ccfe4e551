// Initialisers: functions of a shape.

fn zeros(shape, type = f32) { return full(shape, 0, type = type) }
fn ones(shape, type = f32) { return full(shape, 1, type = type) }
fn constant(shape, value) { return full(shape, value) }
fn uniform(shape, low = 0, high = 1) {
  return random_uniform(shape) * (high - low) + low
}
fn normal(shape, mean = 0, std = 1) {
  return random_normal(shape) * std + mean
}
fn bernoulli(shape, p) { return f32(random_uniform(shape) < p) }

// Stored shapes are [out, in, …]: what follows the first dimension comes in.
fn fan_in(shape) {
  n = 1
  for i in (len(shape) > 1 ? 1 : 0)..len(shape) { n = n * shape[i] }
  return n
}
fn fan_out(shape) {
  n = 1
  for i in 0..len(shape) { n = i == 1 ? n : n * shape[i] }
  return n
}
fn xavier_uniform(shape, gain = 1) {
  limit = gain * sqrt(6 / (fan_in(shape) + fan_out(shape)))
  return uniform(shape, -limit, limit)
}
fn xavier_normal(shape, gain = 1) {
  return normal(shape, std = gain * sqrt(2 / (fan_in(shape) + fan_out(shape))))
}
fn he_uniform(shape) {
  limit = sqrt(6 / fan_in(shape))
  return uniform(shape, -limit, limit)
}
fn he_normal(shape) { return normal(shape, std = sqrt(2 / fan_in(shape))) }
