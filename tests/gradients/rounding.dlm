// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Steps: what is constant but for jumps has gradients of zero.

model rounding(x: f32[batch, 5]) -> y {
  w = param([5], init = normal())
  v = x * w
  steps = floor(3 * v) + ceil(v) - round(5 * v) + sign(v)
  best = f32(argmax(v, 1))[:, none] + f32(argmin(v, 1))[:, none]
  y = v * steps + best * w + f32(not (v > 0.1 and v < 1 or x <= w))
}
