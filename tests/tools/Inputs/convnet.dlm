model convnet(image: f32[batch, 1, 8, 8]) -> logits {
  h = relu(batch_norm(conv2d(image, 4, kernel = 3)))
  logits = dense(flatten(h), 3, bias_init = normal())
}
