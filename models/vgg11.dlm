// VGG with 11 layers: Simonyan, Zisserman: Very deep convolutional networks for
// large-scale image recognition, 2015, table 1 A. 132,863,336 parameters.

model vgg11(image: f32[batch, 3, 224, 224]) -> logits {
  h = image
  for widths in [[64], [128], [256, 256], [512, 512], [512, 512]] {
    for channels in widths {
      h = relu(conv2d(h, channels, kernel = 3, padding = 1, weight_init = he_normal()))
    }
    h = max_pool(h, window = 2)
  }
  h = flatten(h)
  repeat 2 { h = dropout(relu(dense(h, 4096, weight_init = normal(std = 0.01)))) }
  logits = dense(h, 1000, weight_init = normal(std = 0.01))
}

training vgg11(label: i32[batch]) {
  loss      = softmax_cross_entropy(logits, label)
  accuracy  = mean(argmax(logits) == label)
  optimizer = sgd(learning_rate = step_decay(0.01, every = 20 epochs), momentum = 0.9, weight_decay = 5e-4)
  batch = 16; epochs = 74
}
