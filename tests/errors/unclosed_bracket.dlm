// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  h = relu(dense(x, 5)
  y = h
}

// CHECK: unclosed_bracket.dlm:4:11: error: '(' is never closed
// CHECK-NEXT: h = relu(dense(x, 5)
// CHECK-NEXT: ^
// CHECK: hint: add ')'
// CHECK-NOT: error:
