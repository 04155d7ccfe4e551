// The fully connected network of the benchmarking study (Shi, Wang, Xu, Chu,
// 2016) for made data: 26752 - 2048 - 2048 - 2048 - 26752, sigmoid between.

model fcn_s(features: f32[batch, 26752]) -> logits {
  h = features
  for units in [2048, 2048, 2048] { h = sigmoid(dense(h, units)) }
  logits = dense(h, 26752)
}

training fcn_s(label: i32[batch]) {
  loss      = softmax_cross_entropy(logits, label)
  accuracy  = mean(argmax(logits) == label)
  optimizer = sgd(learning_rate = 0.01)
  batch = 64; epochs = 10
}
