// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  if 1 < 2 {
    y dense(x, 3)
  }
}

training m(label: i32[batch]) {
  loss softmax_cross_entropy(y, label)
  optimizer = adam()only
}

// CHECK: missing_equals.dlm:5:7: error: expected '=' behind 'y', found 'dense'
// CHECK-NEXT: y dense(x, 3)
// CHECK-NEXT: ^~~~~
// CHECK-NOT: error:
// CHECK: missing_equals.dlm:10:8: error: expected '=' behind 'loss'
// CHECK-NEXT: loss softmax_cross_entropy(y, label)
// CHECK-NEXT: ^~~~~
// CHECK-NOT: error:
// CHECK: missing_equals.dlm:11:21: error: expected the end of the statement
// CHECK-NEXT: optimizer = adam()only
// CHECK-NEXT: ^~~~
// CHECK-NOT: error:
