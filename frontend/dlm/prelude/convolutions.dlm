// Convolutions: images are [batch, channels, …].

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
