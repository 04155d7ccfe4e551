// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Functions of one number, at 21 of them, with a parameter for each.

fn of(x, shape) {
  w = param(shape, init = normal(std = 0.5))
  return x + w
}
model elementwise(x: f32[batch, 7]) -> y {
  a = exp(of(x, [7])) + expm1(of(x, [7])) + sin(of(x, [7])) + cos(of(x, [7]))
  b = tanh(of(x, [7])) + sigmoid(of(x, [7])) + erf(of(x, [7])) - abs(of(x, [7]))
  positive = 0.3 + of(x, [7]) ^ 2
  c = log(positive) + log1p(positive) + sqrt(positive) + rsqrt(positive)
  d = -of(x, [1])
  y = a * b + c * d
}
