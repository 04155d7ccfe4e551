// MobileNetV2: Sandler, Howard, Zhu, Zhmoginov, Chen: Inverted residuals and
// linear bottlenecks, 2018, table 2. 3,504,872 parameters.

fn relu6(x) { return clamp(x, 0, 6) }

fn conv(x, channels, kernel = 1, stride = 1, groups = 1) {
  h = conv2d(x, channels, kernel, stride, padding = (kernel - 1) / 2, groups = groups, bias = false, weight_init = he_normal())
  return batch_norm(h)
}

fn inverted_residual(x, channels, stride, expansion) {
  width = size(x, 1)
  h = x
  if expansion > 1 { h = relu6(conv(h, width * expansion)) }
  h = relu6(conv(h, width * expansion, kernel = 3, stride = stride, groups = width * expansion))
  h = conv(h, channels)
  return stride == 1 and width == channels ? x + h : h
}

model mobilenet_v2(image: f32[batch, 3, 224, 224]) -> logits {
  h = relu6(conv(image, 32, kernel = 3, stride = 2))
  for expansion, channels, blocks, stride in [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1]] {
    for i in 0..blocks {
      h = inverted_residual(h, channels, stride = i == 0 ? stride : 1, expansion = expansion)
    }
  }
  h = relu6(conv(h, 1280))
  logits = dense(dropout(global_avg_pool(h), rate = 0.2), 1000, weight_init = normal(std = 0.01))
}

training mobilenet_v2(label: i32[batch]) {
  loss      = softmax_cross_entropy(logits, label)
  accuracy  = mean(argmax(logits) == label)
  optimizer = rmsprop(learning_rate = exponential_decay(0.045, every = 1 epochs, factor = 0.98), momentum = 0.9, weight_decay = 4e-5)
  batch = 16; epochs = 300
}
