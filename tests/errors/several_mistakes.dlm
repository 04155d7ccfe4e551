// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  a = desne(x, 3)
  b = a + 1
  c = relu(b)
  d = dense(x, 5) + dense(x, 6)
  e = d * 2
  y = sum(x, axis = 7) + e
}

// CHECK: several_mistakes.dlm:4:7: error: nothing here is called 'desne'
// CHECK-NEXT: a = desne(x, 3)
// CHECK-NEXT: ^~~~~
// CHECK: hint: did you mean 'dense'?
// CHECK: several_mistakes.dlm:7:19: error: shapes [batch, 5] and [batch, 6] of '+' do not fit: 5 and 6 differ
// CHECK-NEXT: d = dense(x, 5) + dense(x, 6)
// CHECK-NEXT: ^
// CHECK: several_mistakes.dlm:7:7: note: this is f32[batch, 5]
// CHECK: several_mistakes.dlm:7:21: note: this is f32[batch, 6]
// CHECK: hint: dimensions are compared from the last one; each pair is equal, or one of it is 1
// CHECK: several_mistakes.dlm:9:21: error: there is no axis 7 in a tensor of 2 axes
// CHECK-NEXT: y = sum(x, axis = 7) + e
// CHECK-NEXT: ^
// CHECK-NOT: error:
