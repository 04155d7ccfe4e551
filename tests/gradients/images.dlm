// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Resampling and the normalisations of images.

model images(image: f32[batch, 4, 3, 5]) -> (a, b, c, d) {
  h = image * param_of(image)
  a = upsample_nearest(h, 2)
  b = upsample_bilinear(h, 2) + resize_bilinear(h, [6, 10], align_corners = true)
  c = lrn(h) + lrn_within(h, size = 3)
  d = group_norm(h, 2) + instance_norm(h) + rms_norm(h)
}
fn param_of(x) {
  w = param([size(x, 1), 1, 1], init = normal())
  return w
}
