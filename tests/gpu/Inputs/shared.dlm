// Few points with much inside: blocks share the reductions of a batch
// normalisation, what it stores, the sums of biases, and a search.
model shared(image: f32[batch, 4, 37, 41], x: f32[batch, 3001]) -> (logits, where) {
  a = relu(batch_norm(conv2d(image, 5, 1, bias = false)))
  b = batch_norm(conv2d(a, 8, 1, bias = false)) + conv2d(a, 8, 1)
  where = argmax(x)
  logits = dense(concat([mean(b, axis = [2, 3]), expand(max(x, axis = 1), 1)], axis = 1), 3)
}

training shared(digit: i32[batch]) {
  loss = softmax_cross_entropy(logits, digit)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9)
  clip_norm = 1
  batch = 3; epochs = 1
}
