// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Gradients of the model's own, nested and of several results.

fn cube(x) { return x * x * x } gradient (dy) { return 3 * dy * square_of(x) }
fn square_of(x) { return x * x } gradient (dy) { return 2 * dy * x }
fn polar(r, angle) {
  x = r * cos(angle)
  y = r * sin(angle)
  return x, y
}
gradient (dx, dy) {
  return dx * cos(angle) + dy * sin(angle), dy * x - dx * y
}
model custom(x: f32[batch, 5]) -> y {
  a, b = polar(dense(x, 3), dense(x, 3))
  y = cube(a) - square_of(b) * a
}
