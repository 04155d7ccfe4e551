// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn stage(x, n) {
  h = dense(x, n)
  return h + x
}
model m(x: f32[batch, 4]) -> y {
  y = stage(x, 3)
}

// CHECK: inside_a_function.dlm:5:12: error: shapes [batch, 3] and [batch, 4] of '+' do not fit: 3 and 4 differ
// CHECK-NEXT: return h + x
// CHECK-NEXT: ^
// CHECK: inside_a_function.dlm:5:10: note: this is f32[batch, 3]
// CHECK: inside_a_function.dlm:5:14: note: this is f32[batch, 4]
// CHECK: inside_a_function.dlm:8:7: note: in this call of 'stage'
// CHECK: hint: dimensions are compared from the last one; each pair is equal, or one of it is 1
// CHECK-NOT: error:
