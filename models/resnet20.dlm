// The residual network of 20 layers for CIFAR-10: He, Zhang, Ren, Sun: Deep
// residual learning for image recognition, 2016, section 4.2; shortcuts without
// parameters (option A). 269,722 parameters. Training images are padded by 4,
// cropped to 32 x 32 at random and flipped, as in the paper.

fn conv(x, channels, stride = 1) {
  return conv2d(x, channels, kernel = 3, stride = stride, padding = 1, bias = false, weight_init = he_normal())
}

// Every second place, and zeros for the new channels.
fn shortcut(x, channels, stride) {
  more = channels - size(x, 1)
  if more == 0 { return x }
  return pad(x[:, :, ::stride, ::stride], [[0, 0], [more / 2, more / 2], [0, 0], [0, 0]])
}

fn block(x, channels, stride) {
  h = relu(batch_norm(conv(x, channels, stride)))
  h = batch_norm(conv(h, channels))
  return relu(h + shortcut(x, channels, stride))
}

model resnet20(image: f32[batch, 3, 32, 32]) -> logits {
  h = relu(batch_norm(conv(image, 16)))
  for channels in [16, 32, 64] {
    for i in 0..3 { h = block(h, channels, stride = i == 0 and channels > 16 ? 2 : 1) }
  }
  logits = dense(global_avg_pool(h), 10, weight_init = he_normal())
}

training resnet20(label: i32[batch]) {
  loss      = softmax_cross_entropy(logits, label)
  accuracy  = mean(argmax(logits) == label)
  optimizer = sgd(learning_rate = step_decay(0.1, every = 82 epochs), momentum = 0.9, weight_decay = 1e-4)
  batch = 128; epochs = 164
}

data train { image = random_flip(random_crop(image, 32, pad = 4)) }
