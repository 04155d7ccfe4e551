// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  b = buffer([3], init = zeros())
  b <- sum(x, axis = 0)
  y = x
}

// CHECK: store_shape.dlm:5:8: error: shapes [3] and [4] of '<-' do not fit: 3 and 4 differ
// CHECK-NEXT: b <- sum(x, axis = 0)
// CHECK-NEXT: ^~~~~~~~~~~~~~~~
// CHECK: store_shape.dlm:5:3: note: this is f32[3]
// CHECK: store_shape.dlm:5:8: note: this is f32[4]
// CHECK: hint: dimensions are compared from the last one; each pair is equal, or one of it is 1
// CHECK-NOT: error:
