// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  h = dense(x, 5
  g = h + 1
  y = g
}

// CHECK: broken_statement_binds.dlm:4:12: error: '(' is never closed
// CHECK-NEXT: h = dense(x, 5
// CHECK-NEXT: ^
// CHECK: hint: add ')'
// CHECK-NOT: error:
