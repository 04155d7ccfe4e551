// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Elements that move: each gradient puts them back.

model movement(x: f32[batch, 6], t: f32[3, 1, 5]) -> (a, b, c, d) {
  w = param([3, 2], init = normal())
  m = reshape(x, [batch, 3, 2]) * w
  a = transpose(m, [0, 2, 1]) * broadcast_to(w[:, 1], [2, 3])
  b = concat([m[:, 1, :], x[:, ::2], x[:, -1:], x[:, 1:5:3]], axis = 1)
  c = broadcast_to(t, [2, 3, 4, 5]) * transpose(t, [2, 1, 0])[0, 0, 1]
  d = reshape(transpose(t), [-1])[2:11:4] * full([3], 2) + iota([3], type = f32)
}
