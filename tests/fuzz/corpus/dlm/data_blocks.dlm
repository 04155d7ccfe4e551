// RUN: dlcc compile --train --stop-after=parsed --batch 2 -o - %s | FileCheck %s
// RUN: dlcc compile --train --stop-after=planned --batch 2 -o - %s | FileCheck %s --check-prefix=PLANNED

// A training block's own data come before the file's, those of a split before
// those of both; the test split keeps what is not said for it.

const side = 28

data { digit = label; image = "pixels of it" }
data train { image = random_flip(random_crop(image, side, pad = side / 7)) }
data test { image = center_crop(resize(image, 32), side) }

model m(image: f32[batch, 1, 28, 28]) -> logits {
  logits = dense(flatten(image), 10)
}
training m(digit: i32[batch]) {
  data { digit = coarse }
  loss = softmax_cross_entropy(logits, digit)
  optimizer = sgd(learning_rate = 0.1)
}

model other(x: f32[batch, 3]) -> y {
  y = dense(x, 3)
}
training other(digit: i32[batch]) {
  loss = softmax_cross_entropy(y, digit)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK-LABEL: module @m
// CHECK: func.func @evaluate
// CHECK-SAME: dlc.feeds = {digit = {calls = [], field = "coarse"}, image = {calls = [{function = "resize", numbers = array<f64: 3.200000e+01>}, {function = "center_crop", numbers = array<f64: 2.800000e+01, 2.800000e+01>}], field = "image"}}
// CHECK: func.func @train_step
// CHECK-SAME: dlc.feeds = {digit = {calls = [], field = "coarse"}, image = {calls = [{function = "random_crop", numbers = array<f64: 2.800000e+01, 2.800000e+01, 4.000000e+00>}, {function = "random_flip", numbers = array<f64>}], field = "image"}}
// CHECK-LABEL: module @other
// CHECK: func.func @train_step
// CHECK-SAME: dlc.feeds = {digit = {calls = [], field = "label"}}

// PLANNED: func.func @train_step
// PLANNED-SAME: dlc.feeds
