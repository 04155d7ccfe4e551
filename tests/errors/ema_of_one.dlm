// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = lamb()
  ema = 1
}

// CHECK: ema_of_one.dlm:9:9: error: 'ema' is at least 0 and below 1, not the number 1
// CHECK-NEXT: ema = 1
// CHECK-NEXT: ^
// CHECK: hint: ema = 0.999 keeps
// CHECK-NOT: error:
