// Pooling and resizing: images are [batch, channels, …].

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
