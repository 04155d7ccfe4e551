// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x +
}

// CHECK: missing_operand.dlm:4:10: error: expected an expression, found the end of the line
// CHECK-NEXT: y = x +
// CHECK-NEXT: ^
// CHECK-NOT: error:
