// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x(3)
}

// CHECK: called_a_tensor.dlm:4:7: error: f32[batch, 4] cannot be called
// CHECK-NEXT: y = x(3)
// CHECK-NEXT: ^
// CHECK-NOT: error:
