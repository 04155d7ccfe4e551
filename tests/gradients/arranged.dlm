// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Shapes around tensors: flipped, rolled, repeated, stacked, split, padded.

model arranged(x: f32[batch, 6], t: f32[3, 1, 5]) -> (a, b, c, d, e, f) {
  a = flip(x, 1) * roll(x, 2, 1) * roll(x, -1, axis = -1)
  b = tile(x, [1, 2]) * tile(x, [1, 1])[:, 0:1] + sum(tile(t, [2, 3, 1]))
  left, middle, right = split(x, [1, 3, 2], axis = 1)
  c = stack([left[:, 0], right[:, 1]], axis = -1) * middle[:, :2]
  halves = split(x, 2, axis = -1)
  d = halves[0] * halves[1] + expand(squeeze(left), -1)
  e = pad(t, [[1, 2], [0, 0], [3, 4]], mode = "reflect") * pad(t, [[2, 1], [0, 0], [0, 7]], mode = "edge")
  f = squeeze(t, axis = 1) * squeeze(t) + squeeze(expand(t, 0), axis = [0, 2])
}
