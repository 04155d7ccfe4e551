// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  layer enc = dense(5)
  y = enc(x)
}

// CHECK: layer_positional.dlm:4:21: error: a layer binds its arguments by name
// CHECK-NEXT: layer enc = dense(5)
// CHECK-NEXT: ^
// CHECK: hint: it has x, units, bias, weight_init, bias_init
// CHECK-NOT: error:
