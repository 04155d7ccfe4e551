// A network of one width, for sweeps: dlcc bench wide.dlm --set width=256.

const width = 1024

model wide(features: f32[batch, width]) -> logits {
  h = features
  repeat 3 { h = sigmoid(dense(h, width)) }
  logits = dense(h, width)
}

training wide(label: i32[batch]) {
  loss      = softmax_cross_entropy(logits, label)
  accuracy  = mean(argmax(logits) == label)
  optimizer = sgd(learning_rate = 0.01)
  batch = 64; epochs = 10
}
