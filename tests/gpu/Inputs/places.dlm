// Sums at indices, places in an order and running sums.
model places(word: i32[batch, 7], v: f32[batch, 7, 6], x: f32[batch, 19]) -> (table, wide, inner, places, sums, back) {
  table = scatter_add(zeros([11, 6]), word, v)
  wide = scatter_add(zeros([5, 21]), word[:, :2], reshape(v, [batch, 2, 21]))
  inner = take_along(x, argsort(x, descending = true))
  places = argsort(x, count = 3)
  sums = cumsum(v, axis = 1)
  back = cumsum(x, reverse = true, exclusive = true)
}
