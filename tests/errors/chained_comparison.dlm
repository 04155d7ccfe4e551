// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = where(0 < x < 1, x, 0)
}

// CHECK: chained_comparison.dlm:4:19: error: comparisons do not chain
// CHECK-NEXT: y = where(0 < x < 1, x, 0)
// CHECK-NEXT: ^
// CHECK: hint: join two comparisons with 'and'
// CHECK-NOT: error:
