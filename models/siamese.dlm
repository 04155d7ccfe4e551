// Two images through one network: Chopra, Hadsell, LeCun: Learning a similarity
// metric discriminatively, 2005; sizes as Caffe's example of MNIST pairs.
// 431,102 parameters.

fn features(x) {
  h = max_pool(conv2d(x, 20, kernel = 5), window = 2)
  h = max_pool(conv2d(h, 50, kernel = 5), window = 2)
  h = relu(dense(flatten(h), 500))
  return dense(dense(h, 10), 2)
}

model siamese(left: f32[batch, 1, 28, 28], right: f32[batch, 1, 28, 28]) -> distance {
  layer embed = features()
  distance = sqrt(sum((embed(left) - embed(right)) ^ 2, 1) + 1e-8)
}

// `same` is 1 for two images of one class, else 0.
training siamese(same: f32[batch]) {
  margin    = 1
  loss      = mean(same * distance ^ 2 + (1 - same) * maximum(margin - distance, 0) ^ 2) / 2
  accuracy  = mean((distance < margin / 2) == (same > 0.5))
  optimizer = sgd(learning_rate = 0.01 * (1 + 1e-4 * step) ^ -0.75, momentum = 0.9)
  batch = 64; epochs = 20
}
