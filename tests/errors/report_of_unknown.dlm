// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  report p = exp(los)
}

// CHECK: report_of_unknown.dlm:9:18: error: nothing here is called 'los'
// CHECK-NEXT: report p = exp(los)
// CHECK-NEXT: ^~~
// CHECK: hint: did you mean 'loss'?
// CHECK-NOT: error:
