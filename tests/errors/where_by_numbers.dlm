// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = where(x, x, 0)
}

// CHECK: where_by_numbers.dlm:4:13: error: 'where' decides by bools, not by f32[batch, 4]
// CHECK-NEXT: y = where(x, x, 0)
// CHECK-NEXT: ^
// CHECK: hint: a comparison gives bools: x > 0
// CHECK-NOT: error:
