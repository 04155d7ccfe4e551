// Losses and metrics.

fn one_hot(index, classes, type = f32) {
  ones_and_zeros = classes_equal(bound(index, classes), classes)
  return type == bool ? ones_and_zeros : type(ones_and_zeros)
}
fn classes_equal(index, classes) {
  places = iota(shape(index) + [classes], axis = -1, type = type_of(index))
  return reshape(index, shape(index) + [1]) == places
}

// The mean over all rows of -ln(softmax(logits)[label]), as PyTorch's: of a
// label's probability, `smoothing` is spread over all classes; `weights` has a
// number for each class, and the mean is weighted by that of the label; rows
// whose label is `ignore_index` do not count.
fn softmax_cross_entropy(logits, label, smoothing = 0, weights = none,
                         ignore_index = none) {
  require(rank(logits) >= 1 and is_float(logits), "'softmax_cross_entropy' wants floats with the classes last", logits)
  require(rank(label) == rank(logits) - 1, "'softmax_cross_entropy' wants a label for each row of logits", label)
  require(smoothing >= 0 and smoothing <= 1, "the smoothing of labels is from 0 to 1")
  z = logits - max(stop_gradient(logits), -1, true)
  total = log(sum(exp(z), -1))
  if smoothing == 0 { return mean_over_labels(total, z, label, weights, ignore_index) }
  spread = weights == none ? total - mean(z, -1) : total * mean(type_of(logits)(weights)) - mean(z * weights, -1)
  return mean_over_labels(total * (1 - smoothing), z * (1 - smoothing), label, weights, ignore_index, spread * smoothing)
}
// Of logarithms of probabilities with the classes last.
fn nll_loss(log_probabilities, label, weights = none, ignore_index = none) {
  require(rank(log_probabilities) >= 1 and is_float(log_probabilities), "'nll_loss' wants floats with the classes last", log_probabilities)
  require(rank(label) == rank(log_probabilities) - 1, "'nll_loss' wants a label for each row", label)
  return mean_over_labels(0, log_probabilities, label, weights, ignore_index)
}
// The mean of w (base - scores[label]) + extra, w the weight of the label.
fn mean_over_labels(base, scores, label, weights, ignore_index, extra = 0) {
  classes = size(scores, -1)
  number = type_of(scores)
  if ignore_index == none {
    hit = one_hot(label, classes, type = bool)
  } else {
    counts = label != ignore_index
    hit = classes_equal(where(counts, label, 0), classes)
  }
  each = base - sum(where(hit, scores, 0), -1)
  if weights == none and ignore_index == none { return mean(each + extra) }
  if weights == none { share = number(counts) } else {
    require(count(weights) == classes, "there is a weight for each class")
    share = sum(number(hit) * weights, -1)
    if ignore_index != none { share = where(counts, share, 0) }
  }
  rows = each * share + extra * (ignore_index == none ? 1 : number(counts))
  // Where no row counts the loss is zero.
  all = sum(share)
  return sum(rows) / (all + number(all == 0))
}

// Of logits and targets from 0 to 1; with p = positive_weights,
// (1 - t) x + (1 + (p - 1) t) ln(1 + e^-x) as PyTorch's. `smoothing` brings
// targets that far towards 1/2; elements whose target is `ignore_index` do not
// count.
fn sigmoid_cross_entropy(logits, target, smoothing = 0, weights = none,
                         positive_weights = none, ignore_index = none) {
  require(smoothing >= 0 and smoothing <= 1, "the smoothing of targets is from 0 to 1")
  number = type_of(logits)
  t = is_float(target) ? target : number(target)
  if ignore_index != none {
    counts = target != ignore_index
    t = where(counts, t, 0)
  }
  if smoothing != 0 { t = t * (1 - smoothing) + smoothing / 2 }
  rest = log1p(exp(-abs(logits)))
  if positive_weights == none { each = maximum(logits, 0) - logits * t + rest } else {
    each = (1 - t) * logits + (1 + (positive_weights - 1) * t) * (rest + maximum(-logits, 0))
  }
  if weights != none { each = each * weights }
  if ignore_index == none { return mean(each) }
  // Where no element counts the loss is zero.
  return sum(where(counts, each, 0)) / maximum(sum(number(counts)), 1)
}

fn accuracy(logits, label) { return mean(argmax(logits, -1) == label) }
// A NaN is no hit.
fn top_k_accuracy(logits, label, k = 5) {
  require(rank(label) == rank(logits) - 1, "'top_k_accuracy' wants a label for each row of logits", label)
  hit = one_hot(label, size(logits, -1), type = bool)
  chosen = sum(where(hit, logits, 0), -1, true)
  greater = sum(i32(not (logits <= chosen)), -1)
  return mean(greater < k)
}
fn binary_accuracy(logits, target) {
  return mean((logits > 0) == (target > 0))
}

fn mean_squared_error(prediction, target) {
  return mean(square(prediction - target))
}
fn mean_absolute_error(prediction, target) {
  return mean(abs(prediction - target))
}
fn huber(prediction, target, delta = 1) {
  d = abs(prediction - target)
  return mean(where(d < delta, 0.5 * d * d, delta * (d - 0.5 * delta)))
}
// Of targets -1 and 1.
fn hinge(prediction, target) {
  t = is_float(target) ? target : type_of(prediction)(target)
  return mean(maximum(1 - prediction * t, 0))
}
// Crammer and Singer 2001, over the number of classes as PyTorch's.
fn multiclass_hinge(scores, label, margin = 1) {
  require(rank(label) == rank(scores) - 1, "'multiclass_hinge' wants a label for each row of scores", label)
  hit = one_hot(label, size(scores, -1), type = bool)
  chosen = sum(where(hit, scores, 0), -1, true)
  return mean(where(hit, 0, maximum(margin - chosen + scores, 0)))
}
// Of a logarithm of probabilities from probabilities q, over the rows.
fn kl_divergence(log_p, q) {
  terms = where(q > 0, q * (log(where(q > 0, q, 1)) - log_p), 0)
  return sum(terms) / count(q, 0)
}
fn cosine_similarity(a, b, axis = -1, epsilon = 1e-8) {
  least = epsilon * epsilon
  return sum(a * b, axis) * rsqrt(maximum(sum(a * a, axis), least)) * rsqrt(maximum(sum(b * b, axis), least))
}
// Of targets 1 for pairs that are alike, -1 for others.
fn cosine_embedding_loss(a, b, target, margin = 0) {
  alike = cosine_similarity(a, b)
  return mean(where(target > 0, 1 - alike, maximum(alike - margin, 0)))
}
fn distance(a, b, epsilon = 1e-6) {
  return sqrt(sum(square(a - b + epsilon), -1))
}
// Hadsell et al. 2006; `same` is true or 1 for pairs that are alike.
fn contrastive_loss(a, b, same, margin = 1) {
  d = distance(a, b)
  return mean(where(type_of(same) == bool ? same : same > 0, d * d, square(maximum(margin - d, 0)))) / 2
}
// As PyTorch's.
fn triplet_loss(anchor, positive, negative, margin = 1) {
  return mean(maximum(distance(anchor, positive) - distance(anchor, negative) + margin, 0))
}
