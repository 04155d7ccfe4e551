// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  clip_norm = 0
  clip_value = [1, 2]
  clip_value = 3
}

// CHECK: clip_norm_of_zero.dlm:11:3: error: a second 'clip_value'
// CHECK: clip_norm_of_zero.dlm:10:3: note: the first one
// CHECK: clip_norm_of_zero.dlm:9:15: error: 'clip_norm' is above 0, not the number 0
// CHECK-NEXT: clip_norm = 0
// CHECK-NEXT: ^
// CHECK: clip_norm_of_zero.dlm:10:16: error: 'clip_value' is a scalar, not a list
// CHECK-NOT: error:
