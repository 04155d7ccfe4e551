// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = 3
}

// CHECK: output_is_no_tensor.dlm:3:30: error: output 'y' is no tensor but the number 3
// CHECK-NEXT: model m(x: f32[batch, 4]) -> y {
// CHECK-NEXT: ^
// CHECK: output_is_no_tensor.dlm:4:3: note: bound here
// CHECK-NOT: error:
