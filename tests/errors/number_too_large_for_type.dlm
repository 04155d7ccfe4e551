// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(i: u8[batch]) -> y {
  y = i + 300
}

// CHECK: number_too_large_for_type.dlm:4:11: error: the number 300 does not fit into u8
// CHECK-NEXT: y = i + 300
// CHECK-NEXT: ^~~
// CHECK-NOT: error:
