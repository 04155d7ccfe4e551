// Normalisation.

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
