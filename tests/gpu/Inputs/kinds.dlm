// Each kind of kernel at odd sizes, for the emulator: elementwise work with and
// without vectors, sums along rows, columns and windows, extremes with their
// places, products whose tiles are not filled, convolutions, picked elements.
model kinds(image: f32[batch, 3, 9, 11], word: i32[batch, 5], x: f32[batch, 37]) -> logits {
  a = relu(batch_norm(conv2d(image, 5, 3, padding = 1, bias = false)))
  a = max_pool(a, 2)
  a = conv2d(a, 7, 3, stride = 2, padding = 1)
  b = embedding(word, 13, 8)
  b = b + multi_head_attention(b, 2)
  c = layer_norm(gelu(dense(x, 40)))
  e = softmax(concat([flatten(a), c], axis = 1))
  logits = dense(concat([e, mean(b, axis = 1)], axis = 1), 6)
}

training kinds(digit: i32[batch]) {
  loss = softmax_cross_entropy(logits, digit)
  accuracy = mean(argmax(logits) == digit)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9)
  batch = 5; epochs = 1
}
