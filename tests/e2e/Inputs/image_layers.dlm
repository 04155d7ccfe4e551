// Every layer of images with parameters before it, so that its gradient counts.
fn layers(x) {
  a = conv2d(x, 4, kernel = [3, 2], stride = [2, 1], padding = "valid", dilation = [1, 2], groups = 2, name = "conv_a")
  b = conv2d(x, 6, kernel = 3, padding = 1, groups = 6, stride = 2, name = "conv_b")
  c = conv2d_transpose(x, 4, kernel = 3, stride = 2, padding = 1, output_padding = 1, name = "conv_c")
  d = conv2d_transpose(x, 4, kernel = [2, 3], stride = 3, groups = 2, dilation = 2, name = "conv_d")
  e = max_pool(x, 3, stride = 2, padding = 1, ceil = true)
  f = avg_pool(x, 3, stride = 2, padding = 1, ceil = true)
  g = avg_pool(x, [3, 2], stride = 2, padding = [1, 0], count_padding = false)
  h = global_avg_pool(x)
  i = adaptive_avg_pool(x, [4, 3])
  j = upsample_nearest(x, 2)
  k = upsample_bilinear(x, 2)
  l = upsample_bilinear(x, [3, 2], align_corners = true)
  m = lrn(x, size = 5, alpha = 0.3)
  n = group_norm(x, 3, name = "norm_n")
  o = instance_norm(x, name = "norm_o")
  p = conv1d(reshape(x, [batch, 6, 99]), 5, kernel = 7, stride = 3, padding = 2, name = "conv_p")
  q = conv3d(reshape(x, [batch, 2, 3, 9, 11]), 3, kernel = [2, 3, 3], padding = [[1, 0], [1, 1], [0, 2]], stride = [1, 2, 1], name = "conv_q")
  r = conv2d(x, 16, kernel = 1, stride = 2, bias = false, name = "conv_r")
  return a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r
}

model images(image: f32[batch, 6, 9, 11]) -> (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r) {
  x = conv2d(image, 6, kernel = 3, padding = 1, name = "first")
  a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r = layers(x)
}

training images() {
  total = 0
  for y in [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] {
    total = total + mean(y ^ 3)
  }
  loss = total
  optimizer = sgd(learning_rate = 1)
  batch = 3
}
