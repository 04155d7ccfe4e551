// alexnet_s with two groups in the second, fourth and fifth convolution, as
// published by Krizhevsky, Sutskever, Hinton: ImageNet classification with deep
// convolutional neural networks, 2012. 60,965,224 parameters.

model alexnet_s61(image: f32[batch, 3, 224, 224]) -> logits {
  h = relu(conv2d(image, 96, kernel = 11, stride = 4, padding = 2))
  h = max_pool(h, window = 3, stride = 2)
  h = relu(conv2d(h, 256, kernel = 5, padding = 2, groups = 2))
  h = max_pool(h, window = 3, stride = 2)
  for channels, groups in [[384, 1], [384, 2], [256, 2]] {
    h = relu(conv2d(h, channels, kernel = 3, padding = 1, groups = groups))
  }
  h = flatten(max_pool(h, window = 3, stride = 2))
  repeat 2 { h = relu(dense(h, 4096)) }
  logits = dense(h, 1000)
}

training alexnet_s61(label: i32[batch]) {
  loss      = softmax_cross_entropy(logits, label)
  accuracy  = mean(argmax(logits) == label)
  optimizer = sgd(learning_rate = 0.01)
  batch = 16; epochs = 90
}
