// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x) -> y { y = x }

// CHECK: input_without_type.dlm:3:9: error: input 'x' has no type
// CHECK-NEXT: model m(x) -> y { y = x }
// CHECK-NEXT: ^
// CHECK: hint: write x: f32[batch, …]
// CHECK-NOT: error:
