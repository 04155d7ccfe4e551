// A small network on digits that readers crop, turn and scale.

const side = 24

data { digit = label }
data train { image = normalize(random_flip(random_crop(image, side, pad = 2)), mean = 0.2, std = 0.4) }
data test { image = normalize(resize(image, side, side), mean = 0.2, std = 0.4) }

model digits(image: f32[batch, 1, side, side]) -> logits {
  logits = dense(relu(dense(flatten(image), 32)), 10)
}

training digits(digit: i32[batch]) {
  loss      = softmax_cross_entropy(logits, digit)
  accuracy  = mean(argmax(logits) == digit)
  optimizer = sgd(learning_rate = 0.05, momentum = 0.9)
}
