// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) { y = x }

// CHECK: model_without_output.dlm:3:27: error: expected '->' and the model's outputs, found '{'
// CHECK-NEXT: model m(x: f32[batch, 4]) { y = x }
// CHECK-NEXT: ^
// CHECK-NOT: error:
