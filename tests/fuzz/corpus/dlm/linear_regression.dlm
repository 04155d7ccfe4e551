// Linear regression: corn yield from fertiliser and insecticide, in pounds an
// acre. Ten plots, models/corn.csv; its columns bind to the inputs by name.

model linear_regression(fertiliser: f32[batch], insecticide: f32[batch]) -> fitted {
  a = param([], init = zeros())
  b = param([], init = zeros())
  c = param([], init = zeros())
  fitted = a * fertiliser + b * insecticide + c
}

training linear_regression(yield: f32[batch]) {
  loss      = mean((fitted - yield) ^ 2)
  optimizer = sgd(learning_rate = 1e-3, momentum = 0.9)
  batch = 10; epochs = 20000
}
