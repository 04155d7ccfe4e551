// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x[:, 4]
}

// CHECK: index_out_of_range.dlm:4:12: error: index 4 is outside the dimension 4
// CHECK-NEXT: y = x[:, 4]
// CHECK-NEXT: ^
// CHECK-NOT: error:
