// A deep autoencoder of MNIST: Hinton, Salakhutdinov: Reducing the
// dimensionality of data with neural networks, 2006; trained at once, as
// Caffe's example does. 2,837,314 parameters.

model autoencoder(image: f32[batch, 784]) -> (code, logits) {
  h = image
  for units in [1000, 500, 250] { h = sigmoid(dense(h, units)) }
  code = dense(h, 30)
  h = code
  for units in [250, 500, 1000] { h = sigmoid(dense(h, units)) }
  logits = dense(h, 784)
}

training autoencoder() {
  loss      = sigmoid_cross_entropy(logits, image)
  error     = mean((sigmoid(logits) - image) ^ 2)
  optimizer = adam(learning_rate = 0.001)
  batch = 100; epochs = 20
}
