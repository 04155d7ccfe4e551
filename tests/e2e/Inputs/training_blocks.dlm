// One network, trained by blocks of every optimizer and setting.
model net(x: f32[batch, 3]) -> y {
  h = tanh(dense(x, 4, weight_init = normal()))
  y = dense(h, 2, weight_init = normal(), bias_init = normal())
}

training net.plain(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1)
  batch = 8
}
training net.momentum(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9, weight_decay = 0.01)
}
training net.nesterov(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9, nesterov = true)
}
training net.adam(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = adam(learning_rate = 0.01, weight_decay = 0.01)
}
training net.adamw(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = adamw(learning_rate = 0.01, weight_decay = 0.1)
}
training net.rmsprop(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = rmsprop(learning_rate = 0.01, epsilon = 1e-3, momentum = 0.9, weight_decay = 0.01)
}
training net.adagrad(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = adagrad(learning_rate = 0.1, initial_accumulator = 0.1)
}
training net.adadelta(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = adadelta(weight_decay = 0.01)
}
training net.lamb(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = lamb(learning_rate = 0.01, weight_decay = 0.1)
}

training net.norm(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9)
  clip_norm = 1 / (1 + step)
}
training net.value(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = adam(learning_rate = 0.01)
  clip_value = 0.1
}
training net.groups(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1, weight_decay = 0.1)
  parameters "dense.*" { learning_rate = 0.2 / (1 + step) }
  parameters "*.bias" { weight_decay = 0; learning_rate_scale = 2 }
  parameters "dense_1.weight" { learning_rate_scale = 0.5; weight_decay = 0.01 * (1 + step) }
  clip_norm = 0.5
}
training net.accumulated(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = adamw(learning_rate = 0.01 / (1 + step))
  accumulate = 4
  clip_norm = 0.5
}
training net.averaged(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9)
  ema = 0.75
  only "dense_1.*"
}
training net.both(t: f32[batch, 2]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1 * (1 - epoch / 4))
  ema = 0.75
  accumulate = 2
  only "dense_1.*"
}
