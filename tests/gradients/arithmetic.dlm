// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Functions of two numbers, also where one of them is broadcast.

model arithmetic(x: f32[batch, 5], z: f32[batch, 1], s: f32[]) -> (y, u) {
  w = param([5], init = normal())
  v = param([], init = constant(0.7))
  sum_ = x + w - z * s
  ratio = (x * w) / (1.2 + sin(z)) + v / (2 + cos(x))
  rest = (3 * x) % 0.7 + 2.5 % (1.1 + 0.3 * sin(w))
  y = sum_ * ratio + rest + maximum(x, w) - minimum(x * 2, z)
  u = (0.3 + abs(x)) ^ w + (1.5 + sin(z)) ^ 2.5 + x ^ 3 + where(x > z, x * w, z / 3)
}
