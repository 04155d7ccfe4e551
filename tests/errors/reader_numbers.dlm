// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(a: f32[batch, 3, 32, 32], b: f32[batch, 3, 32, 32], c: f32[batch, 3, 32, 32], d: f32[batch, 3, 32, 32]) -> y {
  y = dense(flatten(a + b + c + d), 3)
}
training m(label: i32[batch]) {
  loss = softmax_cross_entropy(y, label)
  optimizer = sgd(learning_rate = 0.1)
}
data {
  a = normalize(image, mean = [0.4, 0.5, 0.6], std = [0.2, 0.2])
  b = normalize(image, mean = 0.5, std = [0.2, 0, 0.2])
  c = normalize(image, mean = [0.5, image, 1], std = 1)
  d = random_resized_crop(image, 32, scale = [0.5, 2])
}

// CHECK: reader_numbers.dlm:11:54: error: 3 means and 2 deviations
// CHECK: hint: one of each, or one of each a channel
// CHECK: reader_numbers.dlm:12:42: error: a standard deviation is more than 0
// CHECK: reader_numbers.dlm:13:37: error: nothing here is called 'image'
// CHECK: reader_numbers.dlm:14:46: error: 'scale' is the least and the most: two positive numbers up to 1
// CHECK-NOT: error:
