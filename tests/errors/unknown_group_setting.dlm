// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  parameters "*.bias" { decay = 0 }
}

// CHECK: unknown_group_setting.dlm:9:25: error: a group has no setting 'decay'
// CHECK-NEXT: parameters "*.bias" { decay = 0 }
// CHECK-NEXT: ^~~~~
// CHECK: hint: settings are weight_decay, l1_decay, learning_rate, learning_rate_scale and frozen
// CHECK-NOT: error:
