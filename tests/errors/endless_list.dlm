// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  sizes = []
  repeat 100000 { sizes = sizes + [1] }
  y = dense(x, len(sizes))
}

training m(t: f32[batch]) {
  loss = mean(y)
  optimizer = adam()
}

// CHECK: endless_list.dlm:5:33: error: the model takes more than 300,000 steps to evaluate
// CHECK-NEXT: repeat 100000 { sizes = sizes + [1] }
// CHECK-NEXT: ^
// CHECK-NOT: error:
