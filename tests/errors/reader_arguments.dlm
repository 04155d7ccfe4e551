// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(a: f32[batch, 3, 32, 32], b: f32[batch, 3, 32, 32], c: f32[batch, 3, 32, 32], d: f32[batch, 3, 32, 32], e: f32[batch, 3, 32, 32], f: f32[batch, 3, 32, 32], g: f32[batch, 3, 32, 32]) -> y {
  y = dense(flatten(a + b + c + d + e + f + g), 3)
}
training m(label: i32[batch]) {
  loss = softmax_cross_entropy(y, label)
  optimizer = sgd(learning_rate = 0.1)
}
data {
  a = random_crop(image)
  b = random_crop(image, 32, padding = 4)
  c = random_flip(image, 1)
  d = center_crop(image, 32, height = 32)
  e = resize(image, 1.5)
  f = random_crop(image, 32, pad = -1)
  g = resize(image, width)
}

// CHECK: reader_arguments.dlm:11:7: error: 'random_crop' lacks its argument 'height'
// CHECK: hint: it has image, height, width, pad
// CHECK: reader_arguments.dlm:12:30: error: 'random_crop' has no parameter 'padding'
// CHECK: hint: it has image, height, width, pad
// CHECK: reader_arguments.dlm:13:26: error: 'random_flip' takes 1 argument
// CHECK: reader_arguments.dlm:14:30: error: argument 'height' is given twice
// CHECK: reader_arguments.dlm:15:21: error: 'height' is a whole number known at compile time, not the number 1.5
// CHECK: reader_arguments.dlm:16:36: error: 'pad' is between 0 and 65536, not -1
// CHECK: reader_arguments.dlm:17:21: error: nothing here is called 'width'
// CHECK-NOT: error:
