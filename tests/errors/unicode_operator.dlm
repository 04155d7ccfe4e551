// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x × 2
}

// CHECK: unicode_operator.dlm:4:9: error: unexpected character '×'
// CHECK-NEXT: y = x × 2
// CHECK-NEXT: ^
// CHECK: hint: names and operators are ASCII
// CHECK-NOT: error:
