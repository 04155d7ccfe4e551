// Sums at indices of every form of task, running sums and orders in one step.
model words(word: i32[batch, 24], x: f32[batch, 60]) -> y {
  e = embedding(word, 3000, 96)
  h = cumsum(mean(e, 2), reverse = true)
  top, at = top_k(x, 5)
  s = sort(x)[:, ::3]
  g = embedding(at, 60, 8)
  y = dense(concat([h, top, s, mean(g, 2)], axis = 1), 4)
}
training words(label: i32[batch]) {
  loss = softmax_cross_entropy(y, label)
  optimizer = adam()
  batch = 64; epochs = 2
}
