// RUN: not dlcc check %s 2>&1 | FileCheck %s
// RUN: not dlcc check --set calls=0.5 %s 2>&1 | FileCheck %s --check-prefix=HALF

const calls = 0

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = adadelta()
  accumulate = calls
}

// CHECK: accumulate.dlm:12:16: error: 'accumulate' is at least 1, not 0
// CHECK-NEXT: accumulate = calls
// CHECK-NEXT: ^~~~~
// CHECK-NOT: error:
// HALF: accumulate.dlm:12:16: error: 'accumulate' is a whole number
// HALF-NOT: error:
