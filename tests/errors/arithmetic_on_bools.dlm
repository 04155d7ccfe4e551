// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = (x > 0) + 1
}

// CHECK: arithmetic_on_bools.dlm:4:7: error: '+' cannot take bool[batch, 4]
// CHECK-NEXT: y = (x > 0) + 1
// CHECK-NEXT: ^~~~~~~
// CHECK: hint: f32(x) makes 0 and 1 of it
// CHECK-NOT: error:
