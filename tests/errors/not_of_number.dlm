// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = where(not x, x, 0)
}

// CHECK: not_of_number.dlm:4:17: error: 'not' wants a bool, not f32[batch, 4]
// CHECK-NEXT: y = where(not x, x, 0)
// CHECK-NEXT: ^
// CHECK-NOT: error:
