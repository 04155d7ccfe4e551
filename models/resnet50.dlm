// The residual network of 50 layers: He, Zhang, Ren, Sun: Deep residual
// learning for image recognition, 2016, table 1, with the stride in the 3x3
// convolution of a block, as is usual since (v1.5). 25,557,032 parameters.

fn conv(x, channels, kernel = 1, stride = 1) {
  h = conv2d(x, channels, kernel, stride, padding = (kernel - 1) / 2, bias = false, weight_init = he_normal())
  return batch_norm(h)
}

fn bottleneck(x, channels, stride) {
  h = relu(conv(x, channels))
  h = relu(conv(h, channels, kernel = 3, stride = stride))
  h = conv(h, 4 * channels)
  changes = stride > 1 or size(x, 1) != 4 * channels
  return relu(h + (changes ? conv(x, 4 * channels, stride = stride, name = "shortcut") : x))
}

model resnet50(image: f32[batch, 3, 224, 224]) -> logits {
  h = relu(conv(image, 64, kernel = 7, stride = 2))
  h = max_pool(h, window = 3, stride = 2, padding = 1)
  for channels, blocks in [[64, 3], [128, 4], [256, 6], [512, 3]] {
    for i in 0..blocks {
      h = bottleneck(h, channels, stride = i == 0 and channels > 64 ? 2 : 1)
    }
  }
  logits = dense(global_avg_pool(h), 1000)
}

training resnet50(label: i32[batch]) {
  loss      = softmax_cross_entropy(logits, label)
  accuracy  = mean(argmax(logits) == label)
  optimizer = sgd(learning_rate = step_decay(0.1, every = 30 epochs), momentum = 0.9, weight_decay = 1e-4)
  parameters "*.bias", "*batch_norm*" { weight_decay = 0 }
  batch = 16; epochs = 90
}
