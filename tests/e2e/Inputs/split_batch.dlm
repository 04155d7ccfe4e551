// Networks whose training goes through its batch in parts where memory is
// short: dropout, momentum and clipping; convolutions; streams with a state in
// every row, and random numbers in every step of a recurrence.

model layers(x: f32[batch, 20]) -> y {
  h = dropout(relu(dense(x, 64)), 0.3)
  y = dense(dropout(relu(dense(h, 48)), 0.2), 3)
}

training layers(label: i32[batch] < 3) {
  loss = softmax_cross_entropy(y, label)
  accuracy = mean(argmax(y) == label)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9)
  clip_norm = 0.5
  batch = 96
}

model images(x: f32[batch, 3, 12, 12]) -> y {
  h = max_pool(relu(conv2d(x, 16, kernel = 3, padding = "same")), 2)
  h = relu(conv2d(h, 24, kernel = 3))
  y = dense(flatten(h), 3)
}

training images(label: i32[batch] < 3) {
  loss = softmax_cross_entropy(y, label)
  accuracy = mean(argmax(y) == label)
  optimizer = sgd(learning_rate = 0.05, momentum = 0.9)
  clip_norm = 0.5
  batch = 24
}

model streams(x: i32[batch, 6] < 9) -> y {
  h = dropout(embedding(x, 9, 16), 0.2)
  h = lstm(h, 24, stateful = true)
  y = dense(h, 9)
}

training streams(next: i32[batch, 6] < 9) {
  loss = softmax_cross_entropy(y, next)
  accuracy = mean(argmax(y) == next)
  optimizer = adam(learning_rate = 0.01)
  clip_norm = 1
  batch = 40
}
