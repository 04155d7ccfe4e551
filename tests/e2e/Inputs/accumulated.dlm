model net(x: f32[batch, 9]) -> y {
  y = dense(dropout(relu(dense(x, 7)), 0.2), 3)
}
training net(label: i32[batch] < 3) {
  loss = softmax_cross_entropy(y, label)
  optimizer = adam(learning_rate = cosine_decay(0.01, over = 3 epochs))
  accumulate = 4; ema = 0.9; clip_norm = 1
  batch = 8; epochs = 3
}
