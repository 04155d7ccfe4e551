// A gradient that is 1% wrong.
fn off(x) { return x * x } gradient (dy) { return dy * 2.02 * x }
model wrong(x: f32[batch, 5]) -> y { y = off(dense(x, 3)) }
training wrong.first(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
}
training wrong.second(t: f32[batch, 5]) {
  v = param([5], init = ones())
  loss = mean((t * v) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  only "v"
}
