// The AlexNet of the benchmarking study (Shi, Wang, Xu, Chu, 2016): no
// normalisation, groups or dropout. 62,378,344 parameters.

model alexnet_s(image: f32[batch, 3, 224, 224]) -> logits {
  h = relu(conv2d(image, 96, kernel = 11, stride = 4, padding = 2))
  h = max_pool(h, window = 3, stride = 2)
  h = relu(conv2d(h, 256, kernel = 5, padding = 2))
  h = max_pool(h, window = 3, stride = 2)
  for channels in [384, 384, 256] {
    h = relu(conv2d(h, channels, kernel = 3, padding = 1))
  }
  h = flatten(max_pool(h, window = 3, stride = 2))
  repeat 2 { h = relu(dense(h, 4096)) }
  logits = dense(h, 1000)
}

training alexnet_s(label: i32[batch]) {
  loss      = softmax_cross_entropy(logits, label)
  accuracy  = mean(argmax(logits) == label)
  optimizer = sgd(learning_rate = 0.01)
  batch = 16; epochs = 90
}
