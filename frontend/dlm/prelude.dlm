// The layers, losses, initialisers and schedules of the language, written in
// it. What maps to one op of the compiler stands in Builtins*.cpp; everything
// else stands here, and a model file could hold it as well.

// ---- Initialisers: functions of a shape --------------------------------------

fn zeros(shape, type = f32) { return full(shape, 0, type = type) }
fn ones(shape, type = f32) { return full(shape, 1, type = type) }
fn constant(shape, value) { return full(shape, value) }
fn uniform(shape, low = 0, high = 1) {
  return random_uniform(shape) * (high - low) + low
}
fn normal(shape, mean = 0, std = 1) {
  return random_normal(shape) * std + mean
}
fn bernoulli(shape, p) { return f32(random_uniform(shape) < p) }

// Stored shapes are [out, in, …]: what follows the first dimension comes in.
fn fan_in(shape) {
  n = 1
  for i in (len(shape) > 1 ? 1 : 0)..len(shape) { n = n * shape[i] }
  return n
}
fn fan_out(shape) {
  n = 1
  for i in 0..len(shape) { n = i == 1 ? n : n * shape[i] }
  return n
}
fn xavier_uniform(shape, gain = 1) {
  limit = gain * sqrt(6 / (fan_in(shape) + fan_out(shape)))
  return uniform(shape, -limit, limit)
}
fn xavier_normal(shape, gain = 1) {
  return normal(shape, std = gain * sqrt(2 / (fan_in(shape) + fan_out(shape))))
}
fn he_uniform(shape) {
  limit = sqrt(6 / fan_in(shape))
  return uniform(shape, -limit, limit)
}
fn he_normal(shape) { return normal(shape, std = sqrt(2 / fan_in(shape))) }

// ---- Elementwise -------------------------------------------------------------

fn pow(x, y) { return x ^ y }
fn square(x) { return x * x }
fn clamp(x, low, high) { return minimum(maximum(x, low), high) }
fn relu(x) { return where(x > 0, x, 0) }
fn leaky_relu(x, slope = 0.01) { return where(x > 0, x, x * slope) }
fn elu(x, alpha = 1) { return where(x > 0, x, alpha * expm1(minimum(x, 0))) }
// max(x, 0) + ln(1 + e^-|x|) never overflows.
fn softplus(x) { return maximum(x, 0) + log1p(exp(-abs(x))) }
fn silu(x) { return x * sigmoid(x) }
fn gelu(x, approximate = "none") {
  require(approximate == "none" or approximate == "tanh", "the approximation of 'gelu' is none or tanh")
  if approximate == "none" { return 0.5 * x * (1 + erf(x * sqrt(0.5))) }
  return 0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x * x * x)))
}
// Klambauer et al. 2017.
fn selu(x) {
  return 1.0507009873554805 * where(x > 0, x, 1.6732632423543772 * expm1(minimum(x, 0)))
}
fn mish(x) { return x * tanh(softplus(x)) }
fn hardtanh(x, low = -1, high = 1) { return clamp(x, low, high) }
fn relu6(x) { return clamp(x, 0, 6) }
fn hard_sigmoid(x) { return relu6(x + 3) / 6 }
fn hard_swish(x) { return x * hard_sigmoid(x) }
fn softsign(x) { return x / (1 + abs(x)) }
fn exp2(x) { return exp(x * log(2)) }
fn log2(x) { return log(x) / log(2) }
fn log10(x) { return log(x) / log(10) }
fn tan(x) { return sin(x) / cos(x) }

// ---- Reductions --------------------------------------------------------------

fn mean(x, axis = none, keepdims = false) {
  v = is_float(x) ? x : f32(x)
  return sum(v, axis, keepdims) / count(x, axis)
}
fn variance(x, axis = none, keepdims = false) {
  return mean(square(x - mean(x, axis, true)), axis, keepdims)
}
fn logsumexp(x, axis = -1, keepdims = false) {
  top = max(stop_gradient(x), axis, true)
  total = log(sum(exp(x - top), axis, true)) + top
  return keepdims ? total : sum(total, axis)
}
fn softmax(x, axis = -1) {
  e = exp(x - max(stop_gradient(x), axis, true))
  return e / sum(e, axis, true)
}
fn log_softmax(x, axis = -1) {
  z = x - max(stop_gradient(x), axis, true)
  return z - log(sum(exp(z), axis, true))
}

// ---- Shapes ------------------------------------------------------------------

fn stack(xs, axis = 0) {
  raised = []
  for x in xs { raised = raised + [expand(x, axis)] }
  return concat(raised, axis)
}
// counts[i] copies of x one after the other along axis i.
fn tile(x, counts) {
  require(is_list(counts) and len(counts) == rank(x), "'tile' wants a count for each axis", x)
  apart = []
  repeated = []
  joined = []
  for i in 0..rank(x) {
    n = shape(x)[i]
    apart = apart + (counts[i] == 1 ? [n] : [1, n])
    repeated = repeated + (counts[i] == 1 ? [n] : [counts[i], n])
    joined = joined + [counts[i] == 1 ? n : counts[i] * n]
  }
  return reshape(broadcast_to(reshape(x, apart), repeated), joined)
}
fn flip(x, axis) {
  n = size(x, axis)
  return gather(x, n - 1 - iota([n]), axis)
}
// Each element moves by `shift` places, those beyond the end to the start.
fn roll(x, shift, axis) {
  n = size(x, axis)
  back = (n - shift % n) % n
  if back == 0 { return x }
  head, tail = split(x, [back, n - back], axis)
  return concat([tail, head], axis)
}

// ---- Layers ------------------------------------------------------------------

fn flatten(x) {
  require(rank(x) >= 1, "'flatten' wants a tensor with a first dimension", x)
  return reshape(x, [size(x, 0), -1])
}

fn dense(x, units, bias = true, weight_init = xavier_uniform(),
         bias_init = zeros()) {
  require(rank(x) >= 2, "'dense' wants a tensor of at least two dimensions", x)
  require(is_float(x), "'dense' wants floats", x)
  weight = param([units, size(x, -1)], init = weight_init, type = type_of(x))
  y = matmul(x, weight, transpose_b = true)
  if not bias { return y }
  bias = param([units], init = bias_init, type = type_of(x))
  return y + bias
}

// He et al. 2015: a slope for each channel.
fn prelu(x, slope = 0.25) {
  require(rank(x) >= 2, "'prelu' wants a tensor of at least two dimensions", x)
  weight = param([size(x, 1)], init = constant(slope), type = type_of(x))
  return where(x > 0, x, x * reshape(weight, [size(x, 1)] + per_axis(1, rank(x) - 2)))
}

// As PyTorch's: a row of the weight for each index.
fn embedding(index, entries, units, weight_init = normal()) {
  weight = param([entries, units], init = weight_init)
  return gather(weight, index)
}

fn dropout(x, rate = 0.5) {
  require(rate >= 0 and rate < 1, "the rate of 'dropout' is at least 0 and below 1")
  if not training or rate == 0 { return x }
  return where(random_uniform(shape(x)) < rate, 0, x / (1 - rate))
}

fn layer_norm(x, epsilon = 1e-5) {
  require(rank(x) >= 2, "'layer_norm' wants a tensor of at least two dimensions", x)
  weight = param([size(x, -1)], init = ones(), type = type_of(x))
  bias = param([size(x, -1)], init = zeros(), type = type_of(x))
  centred = x - mean(x, -1, true)
  return centred * rsqrt(mean(square(centred), -1, true) + epsilon) * weight + bias
}

// As PyTorch's: over all axes but 1, and the running variance is unbiased.
fn batch_norm(x, momentum = 0.1, epsilon = 1e-5) {
  require(rank(x) >= 2, "'batch_norm' wants a tensor of at least two dimensions", x)
  channels = size(x, 1)
  axes = [0]
  stored = [1, channels]
  for i in 2..rank(x) {
    axes = axes + [i]
    stored = stored + [1]
  }
  weight = param([channels], init = ones(), type = type_of(x))
  bias = param([channels], init = zeros(), type = type_of(x))
  running_mean = buffer([channels], init = zeros(), type = type_of(x))
  running_var = buffer([channels], init = ones(), type = type_of(x))
  mu = running_mean
  sigma2 = running_var
  if training {
    mu = mean(x, axes)
    sigma2 = mean(square(x - reshape(mu, stored)), axes)
    n = count(x, axes)
    running_mean <- running_mean * (1 - momentum) + stop_gradient(mu) * momentum
    running_var <- running_var * (1 - momentum) + stop_gradient(sigma2) * (momentum * n / maximum(n - 1, 1))
  }
  scale = rsqrt(sigma2 + epsilon) * weight
  return (x - reshape(mu, stored)) * reshape(scale, stored) + reshape(bias, stored)
}

// ---- Convolutions: images are [batch, channels, …] ----------------------------

// One number, or a list with one for each axis.
fn per_axis(value, axes) {
  if is_list(value) { return value }
  numbers = []
  repeat axes { numbers = numbers + [value] }
  return numbers
}
// Stored as PyTorch's: [out, in / groups, …].
fn conv_weight(x, channels, kernel, groups, axes) {
  require(groups >= 1 and size(x, 1) % groups == 0 and channels % groups == 0, "the groups of a convolution divide the channels of its input and of its result")
  return [channels, size(x, 1) / groups] + per_axis(kernel, axes)
}
fn conv1d(x, channels, kernel, stride = 1, padding = 0, dilation = 1,
          groups = 1, bias = true, weight_init = xavier_uniform(),
          bias_init = zeros()) {
  require(rank(x) == 3 and is_float(x), "'conv1d' wants floats of shape [batch, channels, length] with 3 axes", x)
  weight = param(conv_weight(x, channels, kernel, groups, 1), init = weight_init, type = type_of(x))
  y = conv(x, weight, stride, padding, dilation, groups)
  if not bias { return y }
  bias = param([channels], init = bias_init, type = type_of(x))
  return y + reshape(bias, [channels] + per_axis(1, 1))
}
fn conv2d(x, channels, kernel, stride = 1, padding = 0, dilation = 1,
          groups = 1, bias = true, weight_init = xavier_uniform(),
          bias_init = zeros()) {
  require(rank(x) == 4 and is_float(x), "'conv2d' wants floats of shape [batch, channels, …] with 4 axes", x)
  weight = param(conv_weight(x, channels, kernel, groups, 2), init = weight_init, type = type_of(x))
  y = conv(x, weight, stride, padding, dilation, groups)
  if not bias { return y }
  bias = param([channels], init = bias_init, type = type_of(x))
  return y + reshape(bias, [channels] + per_axis(1, 2))
}
fn conv3d(x, channels, kernel, stride = 1, padding = 0, dilation = 1,
          groups = 1, bias = true, weight_init = xavier_uniform(),
          bias_init = zeros()) {
  require(rank(x) == 5 and is_float(x), "'conv3d' wants floats of shape [batch, channels, …] with 5 axes", x)
  weight = param(conv_weight(x, channels, kernel, groups, 3), init = weight_init, type = type_of(x))
  y = conv(x, weight, stride, padding, dilation, groups)
  if not bias { return y }
  bias = param([channels], init = bias_init, type = type_of(x))
  return y + reshape(bias, [channels] + per_axis(1, 3))
}
// Stored as PyTorch's: [in, out / groups, …].
fn conv1d_transpose(x, channels, kernel, stride = 1, padding = 0,
                    output_padding = 0, dilation = 1, groups = 1, bias = true,
                    weight_init = xavier_uniform(), bias_init = zeros()) {
  require(rank(x) == 3 and is_float(x), "'conv1d_transpose' wants floats of shape [batch, channels, …] with 3 axes", x)
  require(groups >= 1 and channels % groups == 0, "the groups of a convolution divide its channels")
  weight = param([size(x, 1), channels / groups] + per_axis(kernel, 1), init = weight_init, type = type_of(x))
  y = conv_transpose(x, weight, stride, padding, output_padding, dilation, groups)
  if not bias { return y }
  bias = param([channels], init = bias_init, type = type_of(x))
  return y + reshape(bias, [channels] + per_axis(1, 1))
}
fn conv2d_transpose(x, channels, kernel, stride = 1, padding = 0,
                    output_padding = 0, dilation = 1, groups = 1, bias = true,
                    weight_init = xavier_uniform(), bias_init = zeros()) {
  require(rank(x) == 4 and is_float(x), "'conv2d_transpose' wants floats of shape [batch, channels, …] with 4 axes", x)
  require(groups >= 1 and channels % groups == 0, "the groups of a convolution divide its channels")
  weight = param([size(x, 1), channels / groups] + per_axis(kernel, 2), init = weight_init, type = type_of(x))
  y = conv_transpose(x, weight, stride, padding, output_padding, dilation, groups)
  if not bias { return y }
  bias = param([channels], init = bias_init, type = type_of(x))
  return y + reshape(bias, [channels] + per_axis(1, 2))
}
fn conv3d_transpose(x, channels, kernel, stride = 1, padding = 0,
                    output_padding = 0, dilation = 1, groups = 1, bias = true,
                    weight_init = xavier_uniform(), bias_init = zeros()) {
  require(rank(x) == 5 and is_float(x), "'conv3d_transpose' wants floats of shape [batch, channels, …] with 5 axes", x)
  require(groups >= 1 and channels % groups == 0, "the groups of a convolution divide its channels")
  weight = param([size(x, 1), channels / groups] + per_axis(kernel, 3), init = weight_init, type = type_of(x))
  y = conv_transpose(x, weight, stride, padding, output_padding, dilation, groups)
  if not bias { return y }
  bias = param([channels], init = bias_init, type = type_of(x))
  return y + reshape(bias, [channels] + per_axis(1, 3))
}

// ---- Pooling -----------------------------------------------------------------

fn window_axes(x) {
  axes = []
  for i in rank(x)..2 * rank(x) - 2 { axes = axes + [i] }
  return axes
}
fn max_pool(x, window, stride = none, padding = 0, dilation = 1,
            ceil = false) {
  seen = windows(x, window, stride, padding, dilation, value = -inf, ceil = ceil)
  return max(seen, window_axes(x))
}
// What the padding adds counts unless count_padding is false; what `ceil` adds
// never does.
fn avg_pool(x, window, stride = none, padding = 0, ceil = false,
            count_padding = true) {
  seen = windows(x, window, stride, padding, ceil = ceil)
  axes = window_axes(x)
  ones = full([1, 1] + image_size(x), 1, type = type_of(x))
  counted = windows(ones, window, stride, padding, value = count_padding ? 1 : 0, ceil = ceil, ceil_value = 0)
  return sum(seen, axes) / sum(counted, axes)
}
fn image_size(x) {
  sizes = []
  for i in 2..rank(x) { sizes = sizes + [size(x, i)] }
  return sizes
}
fn image_axes(x) {
  axes = []
  for i in 2..rank(x) { axes = axes + [i] }
  return axes
}
fn global_avg_pool(x) { return mean(x, image_axes(x)) }
fn global_max_pool(x) { return max(x, image_axes(x)) }

// A linear map along one axis: `matrix` is [out, in].
fn along_axis(x, axis, matrix) {
  if axis == rank(x) - 1 { return matmul(x, matrix, transpose_b = true) }
  swapped = []
  for i in 0..rank(x) {
    swapped = swapped + [i == axis ? rank(x) - 1 : i == rank(x) - 1 ? axis : i]
  }
  return transpose(matmul(transpose(x, swapped), matrix, transpose_b = true), swapped)
}
// Bin i of the output is the mean of elements floor(i n / out) up to
// ceil((i + 1) n / out).
fn adaptive_avg_pool(x, size) {
  sizes = per_axis(size, rank(x) - 2)
  y = x
  for i in 2..rank(x) {
    n = shape(x)[i]
    out = sizes[i - 2]
    bin = iota([out, n], axis = 0)
    at = iota([out, n], axis = 1)
    inside = type_of(x)(at >= bin * n / out and at < ((bin + 1) * n + out - 1) / out)
    y = along_axis(y, i, inside / sum(inside, 1, true))
  }
  return y
}

// Each element `scale` times along each axis.
fn upsample_nearest(x, scale) {
  scales = per_axis(scale, rank(x) - 2)
  apart = [size(x, 0), size(x, 1)]
  repeated = apart
  joined = apart
  for i in 2..rank(x) {
    apart = apart + [size(x, i), 1]
    repeated = repeated + [size(x, i), scales[i - 2]]
    joined = joined + [size(x, i) * scales[i - 2]]
  }
  return reshape(broadcast_to(reshape(x, apart), repeated), joined)
}
// Between the centres of elements; with align_corners the first and the last
// stay where they are (both as PyTorch's).
fn resize_bilinear(x, size, align_corners = false) {
  sizes = per_axis(size, rank(x) - 2)
  y = x
  for i in 2..rank(x) {
    n = shape(x)[i]
    out = sizes[i - 2]
    place = iota([out, n], axis = 0, type = type_of(x))
    at = iota([out, n], axis = 1, type = type_of(x))
    source = align_corners ? place * (out > 1 ? (n - 1) / (out - 1) : 0) : clamp((place + 0.5) * (n / out) - 0.5, 0, n - 1)
    y = along_axis(y, i, maximum(1 - abs(source - at), 0))
  }
  return y
}
fn upsample_bilinear(x, scale, align_corners = false) {
  scales = per_axis(scale, rank(x) - 2)
  sizes = []
  for i in 2..rank(x) { sizes = sizes + [size(x, i) * scales[i - 2]] }
  return resize_bilinear(x, sizes, align_corners)
}

// ---- Normalisation ------------------------------------------------------------

// Krizhevsky et al. 2012, section 3.3, as Caffe has it: alpha is divided by the
// size. Across channels; `lrn_within` in a square of one channel.
fn lrn(x, size = 5, alpha = 1e-4, beta = 0.75, k = 1) {
  require(rank(x) >= 2 and is_float(x), "'lrn' wants floats of shape [batch, channels, …]", x)
  seen = windows(square(x), size, stride = 1, padding = [[floor(size / 2), floor((size - 1) / 2)]], axes = 1)
  return x * (k + alpha / size * sum(seen, rank(x))) ^ -beta
}
fn lrn_within(x, size = 5, alpha = 1e-4, beta = 0.75, k = 1) {
  require(rank(x) >= 3 and is_float(x), "'lrn_within' wants floats of shape [batch, channels, …]", x)
  return x * (k + alpha * avg_pool(square(x), size, stride = 1, padding = "same")) ^ -beta
}
fn rms_norm(x, epsilon = 1e-6) {
  require(rank(x) >= 2, "'rms_norm' wants a tensor of at least two dimensions", x)
  weight = param([size(x, -1)], init = ones(), type = type_of(x))
  return x * rsqrt(mean(square(x), -1, true) + epsilon) * weight
}
// Wu and He 2018: over the channels of a group and all places.
fn group_norm(x, groups, epsilon = 1e-5) {
  require(rank(x) >= 2 and size(x, 1) % groups == 0, "the groups of 'group_norm' divide the channels", x)
  channels = size(x, 1)
  weight = param([channels], init = ones(), type = type_of(x))
  bias = param([channels], init = zeros(), type = type_of(x))
  grouped = reshape(x, [size(x, 0), groups, -1])
  centred = grouped - mean(grouped, 2, true)
  normal = reshape(centred * rsqrt(mean(square(centred), 2, true) + epsilon), shape(x))
  stored = [channels] + per_axis(1, rank(x) - 2)
  return normal * reshape(weight, stored) + reshape(bias, stored)
}
// Ulyanov et al. 2016: over the places of each channel.
fn instance_norm(x, epsilon = 1e-5) {
  require(rank(x) >= 3, "'instance_norm' wants a tensor of shape [batch, channels, …]", x)
  channels = size(x, 1)
  weight = param([channels], init = ones(), type = type_of(x))
  bias = param([channels], init = zeros(), type = type_of(x))
  axes = image_axes(x)
  centred = x - mean(x, axes, true)
  stored = [channels] + per_axis(1, rank(x) - 2)
  return centred * rsqrt(mean(square(centred), axes, true) + epsilon) * reshape(weight, stored) + reshape(bias, stored)
}

// ---- Order -------------------------------------------------------------------

fn sort(x, axis = -1, descending = false) {
  return take_along(x, argsort(x, axis, descending), axis)
}
// The k largest, in descending order, and their indices.
fn top_k(x, k, axis = -1) {
  at = argsort(x, axis, true, k)
  return take_along(x, at, axis), at
}

// ---- Classes -----------------------------------------------------------------

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

// Of logits and targets from 0 to 1; max(x, 0) - x t + ln(1 + e^-|x|).
fn sigmoid_cross_entropy(logits, target) {
  t = is_float(target) ? target : type_of(logits)(target)
  return mean(maximum(logits, 0) - logits * t + log1p(exp(-abs(logits))))
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

// ---- Other losses ------------------------------------------------------------

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

// ---- Schedules: expressions of step and epoch --------------------------------

fn step_decay(rate, every, factor = 0.1) {
  return rate * factor ^ floor(elapsed(every))
}
fn exponential_decay(rate, every, factor) {
  return rate * factor ^ elapsed(every)
}
fn cosine_decay(rate, over, final = 0) {
  return final + (rate - final) * 0.5 * (1 + cos(pi * minimum(elapsed(over), 1)))
}
fn polynomial_decay(rate, over, power = 1, final = 0) {
  return final + (rate - final) * (1 - minimum(elapsed(over), 1)) ^ power
}
fn inverse_decay(rate, gamma, power) {
  return rate * (1 + gamma * step) ^ -power
}
