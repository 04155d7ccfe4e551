// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x * 99999999999999999999
}

// CHECK: huge_number.dlm:4:11: error: this whole number is too large
// CHECK-NEXT: y = x * 99999999999999999999
// CHECK-NEXT: ^~~~~~~~~~~~~~~~~~~~
// CHECK: hint: write 1e30 for a float
// CHECK-NOT: error:
