// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  clip_norm = 5
}

// CHECK: clip_norm_not_yet.dlm:9:3: error: 'clip_norm' is not supported yet
// CHECK-NEXT: clip_norm = 5
// CHECK-NEXT: ^~~~~~~~~
// CHECK-NOT: error:
