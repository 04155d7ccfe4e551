// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn f(x) { return x }

// CHECK: no_model.dlm:3:21: error: the file holds no model
// CHECK-NEXT: fn f(x) { return x }
// CHECK-NEXT: ^
// CHECK-NEXT: hint: model NAME(x: f32[batch, 10]) -> y { … }
// CHECK-NOT: error:
