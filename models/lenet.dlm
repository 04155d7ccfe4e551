// LeNet as Caffe ships it (examples/mnist/lenet_train_test.prototxt), after
// LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document
// recognition, 1998. 431,080 parameters.

fn stage(x, channels) {
  return max_pool(conv2d(x, channels, kernel = 5), window = 2)
}

model lenet(image: f32[batch, 1, 28, 28]) -> logits {
  h = stage(image, 20)
  h = stage(h, 50)
  h = relu(dense(flatten(h), 500))
  logits = dense(h, 10)
}

training lenet(digit: i32[batch]) {
  loss      = softmax_cross_entropy(logits, digit)
  accuracy  = mean(argmax(logits) == digit)
  optimizer = sgd(learning_rate = 0.01 * (1 + 1e-4 * step) ^ -0.75, momentum = 0.9, weight_decay = 5e-4)
  batch = 64; epochs = 10
}
