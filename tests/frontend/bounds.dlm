// A class loss bounds its label; a signature bounds what it says.
// RUN: dlcc compile --train --stop-after=parsed --batch 4 -o - %s | FileCheck %s

model m(x: f32[batch, 8], colour: i32[batch] < 3) -> y {
  y = dense(x, 7) + f32(colour[:, none])
}

training m(label: i32[batch]) {
  loss = softmax_cross_entropy(y, label)
  optimizer = adam()
}

// CHECK-LABEL: func.func @forward
// CHECK-SAME: dlc.bound = 3 : i64, dlc.name = "colour"
// CHECK-LABEL: func.func @train_step
// CHECK-SAME: dlc.bound = 7 : i64, dlc.name = "label"
