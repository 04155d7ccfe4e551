// Activations as outputs, losses and metrics as metrics.
model formulas(x: f32[batch, 6], other: f32[batch, 6]) ->
    (a, b, c, d, e, f, g, h, i, j, k, l, m, n) {
  a = selu(x)
  b = gelu(x)
  c = gelu(x, approximate = "tanh")
  d = mish(x)
  e = hardtanh(x, low = -0.5, high = 2)
  f = relu6(4 * x)
  g = hard_sigmoid(2 * x)
  h = hard_swish(2 * x)
  i = softsign(x)
  j = prelu(x)
  k = exp2(x)
  l = log2(abs(x) + 1)
  m = log10(abs(x) + 1)
  n = tan(x)
}

training formulas.classes(label: i32[batch] < 6, sign: f32[batch]) {
  loss = softmax_cross_entropy(x, label)
  smooth = softmax_cross_entropy(x, label, smoothing = 0.1)
  weighted = softmax_cross_entropy(x, label, weights = [1, 2, 3, 4, 0.5, 0])
  ignoring = softmax_cross_entropy(x, label, ignore_index = 2)
  outside = softmax_cross_entropy(x, where(label == 2, -100, label), ignore_index = -100)
  everything = softmax_cross_entropy(x, label, smoothing = 0.2, weights = [1, 2, 3, 4, 0.5, 0], ignore_index = 2)
  nobody = softmax_cross_entropy(x, label * 0, ignore_index = 0)
  likelihood = nll_loss(log_softmax(x), label, weights = [1, 2, 3, 4, 0.5, 0])
  crammer = multiclass_hinge(x, label, margin = 0.7)
  divergence = kl_divergence(log_softmax(x), where(other > 0, softmax(other), 0))
  first = top_k_accuracy(x, label, k = 1)
  third = top_k_accuracy(x, label, k = 3)
  // -inf where no term is possible.
  possible = mean(exp(logsumexp(where(x < other, x, -inf))))
  impossible = mean(exp(logsumexp(where(x < inf, -inf, x))))
  optimizer = sgd(learning_rate = 0.1)
  batch = 5
}
training formulas.pairs(label: i32[batch] < 6, sign: f32[batch]) {
  loss = hinge(x[:, 0], sign)
  alike = mean(cosine_similarity(x, other))
  embedded = cosine_embedding_loss(x, other, sign, margin = 0.1)
  contrast = contrastive_loss(x, other, sign > 0, margin = 4)
  triplet = triplet_loss(x, other, other * 2 - x * x, margin = 3)
  huber_error = huber(x, other, delta = 0.5)
  absolute = mean_absolute_error(x, other)
  optimizer = sgd(learning_rate = 0.1)
}
training formulas.bits(label: i32[batch] < 6, sign: f32[batch]) {
  hit = other > 0
  weights = [1, 2, 3, 4, 0.5, 0]
  loss = sigmoid_cross_entropy(x, hit)
  soft = sigmoid_cross_entropy(x, sigmoid(other))
  smooth = sigmoid_cross_entropy(x, hit, smoothing = 0.2)
  weighted = sigmoid_cross_entropy(x, hit, weights = weights)
  positive = sigmoid_cross_entropy(x, hit, positive_weights = weights)
  scaled = sigmoid_cross_entropy(x, hit, smoothing = 0.2, weights = 2, positive_weights = 3)
  ignoring = sigmoid_cross_entropy(x, where(other > 1, -1, i32(hit)), weights = weights, ignore_index = -1)
  nobody = sigmoid_cross_entropy(x, i32(hit) * 0, ignore_index = 0)
  optimizer = sgd(learning_rate = 0.1)
}
