// Two players: Radford, Metz, Chintala: Unsupervised representation learning
// with deep convolutional generative adversarial networks, 2016; sizes as
// PyTorch's example. The generator has 3,576,704 parameters, the critic
// 2,765,568.

fn make(noise) {
  h = reshape(noise, [batch, 100, 1, 1])
  stride = 1
  for channels in [512, 256, 128, 64] {
    h = conv2d_transpose(h, channels, kernel = 4, stride = stride, padding = stride - 1, bias = false, weight_init = normal(std = 0.02))
    h = relu(batch_norm(h))
    stride = 2
  }
  return tanh(conv2d_transpose(h, 3, kernel = 4, stride = 2, padding = 1, bias = false, weight_init = normal(std = 0.02)))
}

fn judge(image) {
  h = leaky_relu(conv2d(image, 64, kernel = 4, stride = 2, padding = 1, bias = false, weight_init = normal(std = 0.02)), slope = 0.2)
  for channels in [128, 256, 512] {
    h = conv2d(h, channels, kernel = 4, stride = 2, padding = 1, bias = false, weight_init = normal(std = 0.02))
    h = leaky_relu(batch_norm(h), slope = 0.2)
  }
  return reshape(conv2d(h, 1, kernel = 4, bias = false, weight_init = normal(std = 0.02)), [batch])
}

layer generator = make()
layer critic = judge()

model dcgan(image: f32[batch, 3, 64, 64]) -> logit {
  logit = critic(image)
}

// Pictures from noise, with the weights of a trained dcgan.
model painter(noise: f32[batch, 100]) -> picture {
  picture = generator(noise)
}

training dcgan.critic() {
  fake      = stop_gradient(generator(normal([batch, 100])))
  loss      = sigmoid_cross_entropy(critic(2 * image - 1), ones([batch])) + sigmoid_cross_entropy(critic(fake), zeros([batch]))
  optimizer = adam(learning_rate = 2e-4, beta1 = 0.5)
  only "critic.*"
  batch = 64; epochs = 25
}

training dcgan.generator() {
  loss      = sigmoid_cross_entropy(critic(generator(normal([batch, 100]))), ones([batch]))
  optimizer = adam(learning_rate = 2e-4, beta1 = 0.5)
  only "generator.*"
}
