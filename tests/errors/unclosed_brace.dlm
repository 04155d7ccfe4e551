// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x

// CHECK: unclosed_brace.dlm:3:32: error: '{' is never closed
// CHECK-NEXT: model m(x: f32[batch, 4]) -> y {
// CHECK-NEXT: ^
// CHECK: hint: add '}'
// CHECK-NOT: error:
