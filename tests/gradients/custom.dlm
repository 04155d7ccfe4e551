// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Gradients of the model's own, nested, of several results, in a step of a scan
// (where only the gradient needs some of the step), and with a scan.

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
fn decay(x, rate) {
  ys, last = scan (x_t in x, axis = 1; y = full([size(x, 0), size(x, 2)], 0)) {
    next = rate * y + x_t
    return next, next
  }
  return ys
}
gradient (dys) {
  dx, last = scan (dy in dys, axis = 1, reverse = true; sum = full([size(x, 0), size(x, 2)], 0)) {
    next = dy + rate * sum
    return next, next
  }
  before = pad(ys, [[0, 0], [1, 0], [0, 0]])[:, :-1]
  return dx, sum(dx * before, [0, 1])
}
model custom(x: f32[batch, 5], s: f32[batch, 4, 3]) -> (y, z) {
  a, b = polar(dense(x, 3), dense(x, 3))
  y = cube(a) - square_of(b) * a
  rate = param([3], init = uniform(0, 1))
  z, last = scan (s_t in decay(s, rate), axis = 1; h = a) {
    next = tanh(cube(dense(s_t, 3)) + 0.5 * h)
    return next, next
  }
}
