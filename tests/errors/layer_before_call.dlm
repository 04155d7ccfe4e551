// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  layer enc = dense(units = 4)
  y = x * enc.weight
}

// CHECK: layer_before_call.dlm:5:15: error: there is no parameter 'enc.weight' yet
// CHECK-NEXT: y = x * enc.weight
// CHECK-NEXT: ^~~~~~
// CHECK: hint: a layer has parameters once it was called
// CHECK-NOT: error:
