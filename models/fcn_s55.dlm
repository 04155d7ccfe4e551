// fcn_s with half the units, 26752 - 1024 - 1024 - 1024 - 26752: about the 55
// million parameters that the talk on the study names.

model fcn_s55(features: f32[batch, 26752]) -> logits {
  h = features
  for units in [1024, 1024, 1024] { h = sigmoid(dense(h, units)) }
  logits = dense(h, 26752)
}

training fcn_s55(label: i32[batch]) {
  loss      = softmax_cross_entropy(logits, label)
  accuracy  = mean(argmax(logits) == label)
  optimizer = sgd(learning_rate = 0.01)
  batch = 64; epochs = 10
}
