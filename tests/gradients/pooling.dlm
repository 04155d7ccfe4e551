// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Pooling with windows that overlap, leave gaps, or reach into the padding.

model pooling(image: f32[batch, 3, 7, 5], line: f32[batch, 2, 8]) -> (a, b, c, d, e, f, g) {
  w = param([3, 1, 1], init = ones())
  x = image * w
  a = max_pool(x, 2)
  b = max_pool(x, [3, 2], stride = 1, padding = 1, dilation = [2, 1])
  c = avg_pool(x, 3, stride = 2, padding = 1, ceil = true, count_padding = false)
  d = avg_pool(line, 3)
  e = global_avg_pool(x) * global_max_pool(x)
  f = adaptive_avg_pool(x, [3, 2])
  g = sum(windows(x, 3, stride = 2), [4, 5])
}
