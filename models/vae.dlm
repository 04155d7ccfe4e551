// A variational autoencoder of MNIST: Kingma, Welling: Auto-encoding variational
// Bayes, 2014; sizes as PyTorch's example. 652,824 parameters. The decoder is a
// model of its own that reads the same weights.

fn decode(code) {
  return dense(relu(dense(code, 400, name = "hidden")), 784, name = "pixels")
}
layer decoder = decode()

model vae(image: f32[batch, 784]) -> logits {
  h = relu(dense(image, 400))
  mu = dense(h, 20, name = "mu")
  log_variance = dense(h, 20, name = "log_variance")
  code = mu
  if training { code = mu + exp(0.5 * log_variance) * normal([batch, 20]) }
  logits = decoder(code)
}

model decoder_of_vae(code: f32[batch, 20]) -> image {
  image = sigmoid(decoder(code))
}

training vae() {
  reconstruction = 784 * sigmoid_cross_entropy(logits, image)
  divergence = -0.5 * mean(sum(1 + log_variance - mu ^ 2 - exp(log_variance), 1))
  loss = reconstruction + divergence
  optimizer = adam(learning_rate = 0.001)
  batch = 128; epochs = 10
}
