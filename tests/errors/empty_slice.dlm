// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x[:, 3:2]
}

// CHECK: empty_slice.dlm:4:12: error: this takes nothing of the dimension 4
// CHECK-NEXT: y = x[:, 3:2]
// CHECK-NEXT: ^~~
// CHECK-NOT: error:
