// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// The prelude's losses, each of a player of its own.

model losses(x: f32[batch, 7], other: f32[batch, 7]) -> y {
  layer shared = dense(units = 5)
  y = shared(x)
  z = shared(other)
}
training losses.classes(label: i32[batch]) {
  loss = softmax_cross_entropy(y, label)
  hits = accuracy(y, label)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9)
}
training losses.weighted(label: i32[batch] < 5) {
  loss = softmax_cross_entropy(y, label, smoothing = 0.1, weights = [1, 2, 0.5, 0, 3], ignore_index = 2)
  other_loss = nll_loss(log_softmax(y), label, ignore_index = 2)
  optimizer = adam()
}
training losses.smooth(label: i32[batch]) {
  loss = softmax_cross_entropy(y, label, smoothing = 0.2) + nll_loss(log_softmax(y), label, weights = [1, 2, 3, 4, 5])
  optimizer = adam()
}
training losses.bits(target: bool[batch, 5]) {
  loss = sigmoid_cross_entropy(y, target)
  optimizer = adam()
}
training losses.weighted_bits(target: f32[batch, 5]) {
  loss = sigmoid_cross_entropy(y, f32(target > 0), smoothing = 0.1, weights = [1, 2, 0.5, 0, 3], positive_weights = 4)
  partly = sigmoid_cross_entropy(y, where(target > 1, -1, where(target > 0, 1, 0)), ignore_index = -1)
  optimizer = adam()
}
training losses.distances(target: f32[batch, 5]) {
  loss = huber(y, target) + mean_absolute_error(y, target) + mean_squared_error(y, target)
  optimizer = adamw(weight_decay = 0.1)
}
training losses.margins(label: i32[batch], target: f32[batch, 5]) {
  loss = hinge(y, where(target > 0, 1, -1)) + multiclass_hinge(z, label, margin = 0.5)
  optimizer = adamw(weight_decay = 0.1)
}
training losses.divergence(target: f32[batch, 5]) {
  loss = kl_divergence(log_softmax(y), softmax(z) * f32(target > 0))
  optimizer = adam()
}
training losses.pairs(third: f32[batch, 5], target: f32[batch]) {
  loss = mean(cosine_similarity(y, z)) + cosine_embedding_loss(y, z, target, margin = 0.1) + contrastive_loss(y, z, target > 0, margin = 5) + triplet_loss(y, z, third)
  optimizer = adam()
}
