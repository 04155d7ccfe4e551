// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> (y, y) {
  y = x
}

// CHECK: output_named_twice.dlm:3:34: error: output 'y' is named twice
// CHECK-NEXT: model m(x: f32[batch, 4]) -> (y, y) {
// CHECK-NEXT: ^
// CHECK-NOT: error:
