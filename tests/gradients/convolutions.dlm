// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Convolutions of one, two and three axes, strided, dilated, in groups, with
// padding that differs on both sides, and back.

model convolutions(line: f32[batch, 2, 9], image: f32[batch, 4, 7, 5],
                   body: f32[batch, 1, 3, 4, 3]) -> (a, b, c, d, e) {
  a = conv1d(line, 3, 4, stride = 2, padding = [[1, 2]])
  b = conv2d(image, 6, [3, 2], stride = [2, 1], padding = 1, dilation = [1, 2], groups = 2)
  c = conv2d_transpose(conv2d(image, 4, 3, padding = "same", groups = 4), 3, 2,
                       stride = 3, output_padding = 1, bias = false)
  d = conv3d(body, 2, [2, 3, 1])
  e = conv1d_transpose(tanh(a), 2, 3, padding = 1, dilation = 2)
}
