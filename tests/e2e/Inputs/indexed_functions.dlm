// Every function that takes or makes indices, behind an embedding, so that its
// gradient counts.
fn functions(words, column, w) {
  x = gather(w, words)
  a = gather(x, [4, 0, 4], axis = 1)
  b = take_along(x, column, axis = 1)
  c = scatter_add(w, words[:, 0], x[:, 1, :])
  d = cumsum(x, axis = 1)
  e = cumsum(x, reverse = true)
  f = cumsum(x, exclusive = true)
  g = sort(x, axis = 1)
  h = sort(x, descending = true)
  i, at = top_k(x, 2)
  j, best = top_k(x, 1, axis = 1)
  k = f32(at) * i
  l = flip(x, 1)
  m = roll(x, 2, axis = 1)
  n = tile(x, [1, 2, 3])
  o = stack([x, x * x], axis = 2)
  p, q = split(x, [2, 3], axis = 1)
  r = expand(squeeze(x[:, :1, :]), 1)
  s = pad(x, [[0, 0], [2, 1], [0, 0]], mode = "reflect")
  t = pad(x, [[0, 0], [0, 0], [2, 1]], mode = "edge")
  return [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t]
}

model indexed(words: i32[batch, 5], column: i32[batch, 3, 6]) ->
    (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t) {
  w = param([7, 6], init = normal())
  scale = param([6], init = normal())
  a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t = functions(words, column, w * scale)
}

training indexed() {
  loss = 0
  for y in [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] { loss = loss + sum(y * y * y) / 100 }
  optimizer = sgd(learning_rate = 1)
  batch = 3
}
