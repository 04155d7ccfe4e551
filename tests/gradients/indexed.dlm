// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Elements that indices take: what is taken twice gets both gradients.

layer enc = embedding(entries = 9, units = 4)

model indexed(word: i32[batch, 5], byte: u8[batch], place: i64[batch, 3] < 6,
              x: f32[batch, 6], t: f32[4, 3, 2]) -> (a, b, c, d, e, f) {
  h = enc(word)
  a = matmul(tanh(h), enc.weight, transpose_b = true)
  b = take_along(x, place) * gather(x, [0, 0, 5], axis = 1)
  c = scatter_add(t, [2, 0, 2], gather(t, [1, 1, 0], axis = 1) * 2, axis = 1)
  d = scatter_add(full([3, 6], 1), byte, x * x)
  at = iota([4, 3, 3], axis = 1) % 2
  e = take_along(t, at[:, :, :2], axis = 1) * take_along(t, at, axis = -1)[:, :, :2]
  f = gather(t, 2)
}
