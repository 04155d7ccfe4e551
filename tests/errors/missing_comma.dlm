// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x 5)
}

// CHECK: missing_comma.dlm:4:15: error: expected ',' or ')', found '5'
// CHECK-NEXT: y = dense(x 5)
// CHECK-NEXT: ^
// CHECK-NOT: error:
