// The small AlexNet of the benchmarking study (Shi, Wang, Xu, Chu, 2016) for
// CIFAR-10. 85,098 parameters.

fn conv(x, channels) {
  return conv2d(x, channels, kernel = 5, padding = 2, weight_init = normal(std = 0.01))
}

model alexnet_r(image: f32[batch, 3, 32, 32]) -> logits {
  h = relu(max_pool(conv(image, 32), window = 3, stride = 2))
  h = max_pool(relu(conv(h, 32)), window = 3, stride = 2)
  h = avg_pool(relu(conv(h, 64)), window = 3, stride = 2)
  logits = dense(flatten(h), 10, weight_init = normal(std = 0.01))
}

training alexnet_r(label: i32[batch]) {
  loss      = softmax_cross_entropy(logits, label)
  accuracy  = mean(argmax(logits) == label)
  optimizer = sgd(learning_rate = 0.01, momentum = 0.9)
  batch = 1024; epochs = 30
}
