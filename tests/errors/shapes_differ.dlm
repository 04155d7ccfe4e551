// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  a = dense(x, 5)
  b = dense(x, 6)
  y = a + b
}

// CHECK: shapes_differ.dlm:6:9: error: shapes [batch, 5] and [batch, 6] of '+' do not fit: 5 and 6 differ
// CHECK-NEXT: y = a + b
// CHECK-NEXT: ^
// CHECK: shapes_differ.dlm:6:7: note: this is f32[batch, 5]
// CHECK: shapes_differ.dlm:6:11: note: this is f32[batch, 6]
// CHECK: hint: dimensions are compared from the last one; each pair is equal, or one of it is 1
// CHECK-NOT: error:
