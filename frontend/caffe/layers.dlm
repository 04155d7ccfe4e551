// Caffe's layers in the model language: a function a type, called as Caffe calls
// the type, with the parameters of its message. Images are [n, channels, …].
// `weight` and `bias` are given where two layers share them.

// The dimensions of x from axis `begin` up to `end`.
fn dims_between(x, begin, end) {
  dims = []
  for i in begin..end { dims = dims + [shape(x)[i]] }
  return dims
}
// An axis of x from its start on; -1 is the last one.
fn axis_of(x, axis) {
  at = axis < 0 ? axis + rank(x) : axis
  require(at >= 0 and at < rank(x), "the axis of this layer is none of its input's", x)
  return at
}
// `n` elements along an axis from `begin` on.
fn part(x, axis, begin, n) {
  rest = shape(x)[axis] - begin - n
  require(begin >= 0 and rest >= 0, "what is cut out lies outside of its input", x)
  if begin == 0 and rest == 0 { return x }
  if begin == 0 { return split(x, [n, rest], axis)[0] }
  if rest == 0 { return split(x, [begin, n], axis)[1] }
  return split(x, [begin, n, rest], axis)[1]
}

// Fillers. Caffe's fan out is the count over the second dimension.

fn second_dim(shape) { return len(shape) > 1 ? shape[1] : 1 }
fn elements(shape) {
  n = 1
  for i in 0..len(shape) { n = n * shape[i] }
  return n
}
fn fan(shape, variance_norm) {
  fan_in = elements(shape) / shape[0]
  fan_out = elements(shape) / second_dim(shape)
  return variance_norm == "FAN_IN" ? fan_in : variance_norm == "FAN_OUT" ? fan_out : (fan_in + fan_out) / 2
}
fn gaussian(shape, mean = 0, std = 1, sparse = -1) {
  values = normal(shape, mean, std)
  if sparse < 0 { return values }
  return values * bernoulli(shape, minimum(sparse / shape[0], 1))
}
fn positive_unitball(shape) {
  values = random_uniform(shape)
  if len(shape) < 2 { return values / sum(values) }
  axes = []
  stored = [shape[0]]
  for i in 1..len(shape) {
    axes = axes + [i]
    stored = stored + [1]
  }
  return values / reshape(sum(values, axes), stored)
}
fn xavier(shape, variance_norm = "FAN_IN") {
  limit = sqrt(3 / fan(shape, variance_norm))
  return uniform(shape, -limit, limit)
}
fn msra(shape, variance_norm = "FAN_IN") {
  return normal(shape, 0, sqrt(2 / fan(shape, variance_norm)))
}
// Interpolation, for deconvolutions that enlarge.
fn bilinear(shape) {
  require(len(shape) == 4 and shape[2] == shape[3], "the filler 'bilinear' is for square filters of images")
  half = floor((shape[3] + 1) / 2)
  centre = (shape[3] - 1) / (2 * half)
  y = 1 - abs(iota(shape, axis = 2, type = f32) / half - centre)
  return y * (1 - abs(iota(shape, axis = 3, type = f32) / half - centre))
}

// A blob that two layers share has the shape that each would give its own.
fn expect_shared(blob, dims) {
  if blob == none { return blob }
  same = rank(blob) == len(dims)
  for i in 0..len(dims) { same = same and shape(blob)[i] == dims[i] }
  require(same, "a blob is shared that has another shape than this layer's", blob)
  return blob
}

// Products.

fn Convolution(x, num_output, kernel, stride = 1, pad = 0, dilation = 1,
               group = 1, bias_term = true, weight_filler = constant(0),
               bias_filler = constant(0), weight = none, bias = none) {
  require(rank(x) >= 3, "a convolution wants [n, channels, …]", x)
  require(size(x, 1) % group == 0 and num_output % group == 0, "the groups of a convolution divide the channels of its input and of its output")
  axes = rank(x) - 2
  dims = [num_output, size(x, 1) / group] + per_axis(kernel, axes)
  if weight == none { weight = param(dims, init = weight_filler) }
  weight = expect_shared(weight, dims)
  y = conv(x, weight, stride, pad, dilation, group)
  if not bias_term { return y }
  if bias == none { bias = param([num_output], init = bias_filler) }
  bias = expect_shared(bias, [num_output])
  return y + reshape(bias, [num_output] + per_axis(1, axes))
}
fn Deconvolution(x, num_output, kernel, stride = 1, pad = 0, dilation = 1,
                 group = 1, bias_term = true, weight_filler = constant(0),
                 bias_filler = constant(0), weight = none, bias = none) {
  require(rank(x) >= 3, "a deconvolution wants [n, channels, …]", x)
  require(size(x, 1) % group == 0 and num_output % group == 0, "the groups of a deconvolution divide the channels of its input and of its output")
  axes = rank(x) - 2
  dims = [size(x, 1), num_output / group] + per_axis(kernel, axes)
  if weight == none { weight = param(dims, init = weight_filler) }
  weight = expect_shared(weight, dims)
  y = conv_transpose(x, weight, stride, pad, 0, dilation, group)
  if not bias_term { return y }
  if bias == none { bias = param([num_output], init = bias_filler) }
  bias = expect_shared(bias, [num_output])
  return y + reshape(bias, [num_output] + per_axis(1, axes))
}
fn InnerProduct(x, num_output, axis = 1, transpose = false, bias_term = true,
                weight_filler = constant(0), bias_filler = constant(0),
                weight = none, bias = none) {
  first = axis_of(x, axis)
  flat = reshape(x, dims_between(x, 0, first) + [elements(dims_between(x, first, rank(x)))])
  features = shape(flat)[first]
  dims = transpose ? [features, num_output] : [num_output, features]
  if weight == none { weight = param(dims, init = weight_filler) }
  weight = expect_shared(weight, dims)
  y = matmul(flat, weight, transpose_b = not transpose)
  if not bias_term { return y }
  if bias == none { bias = param([num_output], init = bias_filler) }
  bias = expect_shared(bias, [num_output])
  return y + bias
}
fn Embed(x, num_output, input_dim, bias_term = true,
         weight_filler = constant(0), bias_filler = constant(0),
         weight = none, bias = none) {
  if weight == none { weight = param([input_dim, num_output], init = weight_filler) }
  weight = expect_shared(weight, [input_dim, num_output])
  y = gather(weight, bound(x, input_dim))
  if not bias_term { return y }
  if bias == none { bias = param([num_output], init = bias_filler) }
  bias = expect_shared(bias, [num_output])
  return y + bias
}

// Windows. Sizes are rounded up, and what sticks out behind the padding is no
// part of a window.

fn whole_image(x) {
  require(rank(x) >= 3, "a pooling wants [n, channels, …]", x)
  return dims_between(x, 2, rank(x))
}
fn Pooling(x, pool = "MAX", kernel = none, stride = 1, pad = 0, ceil = true) {
  sides = per_axis(kernel == none ? whole_image(x) : kernel, rank(x) - 2)
  strides = per_axis(stride, rank(x) - 2)
  pads = per_axis(pad, rank(x) - 2)
  padded = false
  for side in pads { padded = padded or side > 0 }
  window = []
  for i in 0..rank(x) - 2 {
    // A window over more than there is, by less than a stride, is one place.
    most = shape(x)[i + 2] + 2 * pads[i]
    window = window + [ceil and sides[i] > most and sides[i] - most < strides[i] ? most : sides[i]]
    last = floor((most - window[i] + strides[i] - 1) / strides[i]) * strides[i]
    require(not ceil or padded or last < shape(x)[i + 2], "the last window of this pooling would see nothing, for its stride is larger than its kernel", x)
  }
  if pool == "MAX" { return max_pool(x, window, strides, pads, ceil = ceil) }
  return avg_pool(x, window, strides, pads, ceil = ceil)
}
fn LRN(x, local_size = 5, alpha = 1, beta = 0.75, k = 1,
       norm_region = "ACROSS_CHANNELS") {
  require(local_size % 2 == 1, "the local size of LRN is odd")
  if norm_region == "ACROSS_CHANNELS" { return lrn(x, local_size, alpha, beta, k) }
  return lrn_within(x, local_size, alpha, beta, 1)
}

// Normalisation.

fn channel_axes(x) {
  axes = [0]
  for i in 2..rank(x) { axes = axes + [i] }
  return axes
}
fn channel_mean(x) { return mean(x, channel_axes(x)) }
fn channel_count(x) { return count(x, channel_axes(x)) }
// The buffers are Caffe's: sums that decay, and the sum of their weights.
fn BatchNorm(x, use_global_stats = none, moving_average_fraction = 0.999,
             eps = 1e-5) {
  require(rank(x) >= 2, "BatchNorm wants [n, channels, …]", x)
  stored = [size(x, 1)] + per_axis(1, rank(x) - 2)
  mean = buffer([size(x, 1)], init = zeros())
  variance = buffer([size(x, 1)], init = zeros())
  scale_factor = buffer([1], init = zeros())
  if use_global_stats == none ? training : not use_global_stats {
    mu = channel_mean(x)
    centred = x - reshape(mu, stored)
    sigma2 = channel_mean(centred * centred)
    if training {
      n = channel_count(x)
      scale_factor <- scale_factor * moving_average_fraction + 1
      mean <- mean * moving_average_fraction + stop_gradient(mu)
      variance <- variance * moving_average_fraction + stop_gradient(sigma2) * (n / maximum(n - 1, 1))
    }
    return centred * reshape(rsqrt(sigma2 + eps), stored)
  }
  share = where(scale_factor == 0, 0, 1 / where(scale_factor == 0, 1, scale_factor))
  return (x - reshape(mean * share, stored)) * reshape(rsqrt(variance * share + eps), stored)
}
fn MVN(x, normalize_variance = true, across_channels = false, eps = 1e-9) {
  axes = []
  for i in (across_channels ? 1 : 2)..rank(x) { axes = axes + [i] }
  centred = x - mean(x, axes, true)
  if not normalize_variance { return centred }
  return centred / (sqrt(mean(centred * centred, axes, true)) + eps)
}
// A vector against the axes of x from `axis` on, of which it has `num_axes`.
fn factor_dims(x, axis, num_axes) {
  first = num_axes == 0 ? 0 : axis_of(x, axis)
  require(first + num_axes <= rank(x), "it has more axes than its input from there on", x)
  return dims_between(x, first, num_axes < 0 ? rank(x) : first + num_axes)
}
fn against(x, vector, axis) {
  first = rank(vector) == 0 ? 0 : axis_of(x, axis)
  behind = rank(x) - first - rank(vector)
  require(behind >= 0, "the second input has too many axes", x)
  for i in 0..rank(vector) {
    require(shape(vector)[i] == shape(x)[first + i], "the second input has another shape than the axes that it is for", vector)
  }
  return reshape(vector, shape(vector) + per_axis(1, behind))
}
fn Scale(x, factor = none, axis = 1, num_axes = 1, bias_term = false,
         filler = constant(1), bias_filler = constant(0), weight = none,
         bias = none) {
  if factor == none {
    dims = factor_dims(x, axis, num_axes)
    if weight == none { weight = param(dims, init = filler) }
    weight = expect_shared(weight, dims)
    factor = weight
  }
  y = x * against(x, factor, axis)
  if not bias_term { return y }
  if bias == none { bias = param(shape(factor), init = bias_filler) }
  bias = expect_shared(bias, shape(factor))
  return y + against(x, bias, axis)
}
fn Bias(x, summand = none, axis = 1, num_axes = 1, filler = constant(0),
        weight = none) {
  if summand == none {
    dims = factor_dims(x, axis, num_axes)
    if weight == none { weight = param(dims, init = filler) }
    weight = expect_shared(weight, dims)
    summand = weight
  }
  return x + against(x, summand, axis)
}

// Elements.

fn ReLU(x, negative_slope = 0) {
  return negative_slope == 0 ? relu(x) : leaky_relu(x, negative_slope)
}
fn PReLU(x, channel_shared = false, filler = constant(0.25), weight = none) {
  require(rank(x) >= 2, "PReLU wants [n, channels, …]", x)
  dims = channel_shared ? [] : [size(x, 1)]
  if weight == none { weight = param(dims, init = filler) }
  weight = expect_shared(weight, dims)
  slope = channel_shared ? weight : reshape(weight, [size(x, 1)] + per_axis(1, rank(x) - 2))
  return where(x > 0, x, x * slope)
}
fn ELU(x, alpha = 1) { return elu(x, alpha) }
fn Sigmoid(x) { return sigmoid(x) }
fn TanH(x) { return tanh(x) }
fn AbsVal(x) { return abs(x) }
fn BNLL(x) { return softplus(x) }
fn Swish(x, beta = 1) { return x * sigmoid(beta * x) }
fn Threshold(x, threshold = 0) { return f32(x > threshold) }
// Where min is above max, all is min.
fn Clip(x, min, max) {
  return min <= max ? clamp(x, min, max) : maximum(minimum(x, max), min)
}
fn scaled(x, scale, shift) {
  y = scale == 1 ? x : scale * x
  return shift == 0 ? y : y + shift
}
fn Power(x, power = 1, scale = 1, shift = 0) {
  y = scaled(x, scale, shift)
  return power == 1 ? y : y ^ power
}
// A base of -1 is e.
fn Exp(x, base = -1, scale = 1, shift = 0) {
  require(base == -1 or base > 0 and base < inf, "its base is above 0 and finite, or -1 for e")
  y = scaled(x, scale, shift)
  return exp(base == -1 ? y : log(base) * y)
}
fn Log(x, base = -1, scale = 1, shift = 0) {
  require(base == -1 or base > 0 and base < inf and base != 1, "its base is above 0, finite and not 1, or -1 for e")
  y = log(scaled(x, scale, shift))
  return base == -1 ? y : y / log(base)
}
fn Dropout(x, dropout_ratio = 0.5) { return dropout(x, dropout_ratio) }
fn Softmax(x, axis = 1) { return softmax(x, axis) }
fn Eltwise(xs, operation = "SUM", coeff = []) {
  y = operation == "SUM" and len(coeff) > 0 ? coeff[0] * xs[0] : xs[0]
  for i in 1..len(xs) {
    require(rank(xs[i]) == rank(xs[0]), "the inputs of Eltwise have one shape", xs[i])
    for k in 1..rank(xs[0]) {
      require(shape(xs[i])[k] == shape(xs[0])[k], "the inputs of Eltwise have one shape", xs[i])
    }
    if operation == "PROD" { y = y * xs[i] }
    if operation == "MAX" { y = maximum(y, xs[i]) }
    if operation == "SUM" { y = y + (len(coeff) > 0 ? coeff[i] * xs[i] : xs[i]) }
  }
  return y
}

// Shapes.

fn Flatten(x, axis = 1, end_axis = -1) {
  first = axis_of(x, axis)
  last = axis_of(x, end_axis)
  require(first <= last + 1, "the axes that are joined end before they begin", x)
  return reshape(x, dims_between(x, 0, first) + [elements(dims_between(x, first, last + 1))] + dims_between(x, last + 1, rank(x)))
}
// A dim of 0 is the input's; the axes before `axis` and behind `num_axes` stay.
fn Reshape(x, dims, axis = 0, num_axes = -1) {
  first = axis < 0 ? axis + rank(x) + 1 : axis
  last = num_axes < 0 ? rank(x) : first + num_axes
  require(first >= 0 and last <= rank(x) and first <= last, "the axes that are shaped anew are none of its input's", x)
  made = dims_between(x, 0, first)
  for i in 0..len(dims) {
    require(dims[i] != 0 or first + i < rank(x), "a dim of 0 copies one that the input does not have", x)
    made = made + [dims[i] == 0 ? shape(x)[first + i] : dims[i]]
  }
  return reshape(x, made + dims_between(x, last, rank(x)))
}
// Pieces that end at the points, or as many equal ones as there are outputs.
fn Slice(x, outputs, points = [], axis = 1) {
  at = axis_of(x, axis)
  if outputs == 1 { return x }
  if len(points) == 0 { return split(x, outputs, at) }
  sizes = []
  before = 0
  for point in points {
    sizes = sizes + [point - before]
    before = point
  }
  return split(x, sizes + [shape(x)[at] - before], at)
}
fn Split(x, outputs) {
  if outputs == 1 { return x }
  copies = []
  repeat outputs { copies = copies + [x] }
  return copies
}
// x where it lies on `like`, from `axis` on.
fn Crop(x, like, axis = 2, offset = [0]) {
  first = axis_of(x, axis)
  require(rank(like) == rank(x), "the inputs of Crop have equally many axes", x)
  require(len(offset) == 1 or len(offset) == rank(x) - first, "Crop has one offset, or one for each axis from its own on", x)
  y = x
  for i in first..rank(x) {
    y = part(y, i, len(offset) == 1 ? offset[0] : offset[i - first], shape(like)[i])
  }
  return y
}
fn Tile(x, tiles, axis = 1) {
  at = axis_of(x, axis)
  counts = []
  for i in 0..rank(x) { counts = counts + [i == at ? tiles : 1] }
  return tile(x, counts)
}
fn Reduction(x, operation = "SUM", axis = 0, coeff = 1) {
  axes = []
  for i in axis_of(x, axis)..rank(x) { axes = axes + [i] }
  terms = operation == "ASUM" ? abs(x) : operation == "SUMSQ" ? x * x : x
  y = operation == "MEAN" ? mean(terms, axes) : sum(terms, axes)
  return coeff == 1 ? y : coeff * y
}
// Of equal elements the last. Without an axis of all elements of an item:
// [n, 1, k], or [n, 2, k] with the values behind the indices, and as many ones
// behind as the input has axes more.
fn ArgMax(x, out_max_val = false, top_k = 1, axis = none) {
  values = axis == none ? reshape(x, [size(x, 0), 1, elements(dims_between(x, 1, rank(x)))]) : x
  along = axis == none ? 2 : axis_of(x, axis)
  n = shape(values)[along]
  require(top_k <= n, "top_k is at most the number of elements", x)
  most = max(values, along, true)
  if top_k == 1 {
    at = f32(max(where(values == most, iota(shape(values), axis = along), 0), along, true))
  } else {
    backwards = n - 1 - iota(shape(values), axis = along)
    turned = take_along(values, backwards, along)
    order = argsort(turned, along, true, top_k)
    most = take_along(turned, order, along)
    at = f32(n - 1 - order)
  }
  if axis != none { return out_max_val ? most : at }
  y = out_max_val ? concat([at, most], 1) : at
  return rank(x) <= 3 ? y : reshape(y, shape(y) + per_axis(1, rank(x) - 3))
}

// Losses. A label stands for each place: [n], or [n, 1, …] and the like.

fn classes_last(x, axis) {
  at = axis_of(x, axis)
  if at == rank(x) - 1 { return x }
  order = []
  for i in 0..rank(x) { order = i == at ? order : order + [i] }
  return transpose(x, order + [at])
}
fn labels_for(scores, label) {
  require(not is_float(label), "the labels of a class loss are whole numbers", label)
  return reshape(label, dims_between(scores, 0, rank(scores) - 1))
}
// What a sum of losses is divided by: the places that count (VALID), all of
// them (FULL), the items (BATCH_SIZE), or 1 (NONE).
fn divisor(total, valid, items, normalization) {
  return normalization == "VALID" ? maximum(valid, 1) : normalization == "FULL" ? total : normalization == "BATCH_SIZE" ? items : 1
}
fn SoftmaxWithLoss(x, label, axis = 1, ignore_label = none,
                   normalization = "VALID") {
  z = classes_last(x, axis)
  target = labels_for(z, label)
  places = count(z) / shape(z)[rank(z) - 1]
  if ignore_label == none {
    loss = softmax_cross_entropy(z, target)
    return normalization == "VALID" or normalization == "FULL" or (rank(z) == 2 and normalization == "BATCH_SIZE") ? loss : loss * (places / divisor(places, places, count(z, 0), normalization))
  }
  loss = softmax_cross_entropy(z, target, ignore_index = ignore_label)
  valid = sum(f32(target != ignore_label))
  return normalization == "VALID" ? loss : loss * (valid / divisor(places, valid, count(z, 0), normalization))
}
fn MultinomialLogisticLoss(x, label) {
  z = reshape(x, [size(x, 0), elements(dims_between(x, 1, rank(x)))])
  hit = one_hot(labels_for(z, label), size(z, 1), type = bool)
  return -mean(log(maximum(sum(where(hit, z, 0), 1), 1e-20)))
}
fn SigmoidCrossEntropyLoss(x, target, ignore_label = none,
                           normalization = "BATCH_SIZE") {
  t = reshape(is_float(target) ? target : f32(target), shape(x))
  each = maximum(x, 0) - x * t + log1p(exp(-abs(x)))
  if ignore_label == none {
    return sum(each) / divisor(count(x), count(x), count(x, 0), normalization)
  }
  valid = sum(f32(t != ignore_label))
  return sum(where(t != ignore_label, each, 0)) / divisor(count(x), valid, count(x, 0), normalization)
}
fn EuclideanLoss(x, y) {
  target = is_float(y) ? y : f32(y)
  difference = x - reshape(target, shape(x))
  return sum(difference * difference) / (2 * count(x, 0))
}
fn HingeLoss(x, label, norm = "L1") {
  z = reshape(x, [size(x, 0), elements(dims_between(x, 1, rank(x)))])
  hit = one_hot(labels_for(z, label), size(z, 1), type = bool)
  margin = maximum(1 + where(hit, -z, z), 0)
  return sum(norm == "L2" ? margin * margin : margin) / count(z, 0)
}
fn ContrastiveLoss(a, b, same, margin = 1, legacy_version = false) {
  require(rank(a) == 2 and rank(b) == 2 and shape(a)[1] == shape(b)[1], "a contrastive loss wants two inputs [n, channels]", b)
  difference = a - b
  squares = sum(difference * difference, 1)
  alike = reshape(same != 0, [size(a, 0)])
  apart = legacy_version ? maximum(margin - squares, 0) : square(maximum(margin - sqrt(squares + 1e-12), 0))
  return sum(where(alike, squares, apart)) / (2 * count(a, 0))
}
// What scores as much as the label's class counts as better, as in Caffe.
fn Accuracy(x, label, top_k = 1, axis = 1, ignore_label = none) {
  z = stop_gradient(classes_last(x, axis))
  target = labels_for(z, label)
  classes = shape(z)[rank(z) - 1]
  require(top_k <= classes, "top_k is at most the number of classes", x)
  if ignore_label == none {
    hit = one_hot(target, classes, type = bool)
  } else {
    counted = target != ignore_label
    hit = classes_equal(where(counted, target, 0), classes)
  }
  chosen = sum(where(hit, z, 0), -1, true)
  right = sum(i32(z >= chosen), -1) <= top_k
  if ignore_label == none { return mean(right) }
  return sum(f32(right and counted)) / maximum(sum(f32(counted)), 1)
}
