// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = true ? x
}

// CHECK: ternary_without_else.dlm:4:15: error: expected ':' between the two values of '? :', found the end of the line
// CHECK-NEXT: y = true ? x
// CHECK-NEXT: ^
// CHECK-NOT: error:
