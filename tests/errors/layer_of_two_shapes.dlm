// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  layer enc = dense(units = 5)
  h = enc(x)
  y = enc(h)
}

// CHECK: layer_of_two_shapes.dlm:6:7: error: 'enc.weight' would be f32[5, 5], but it was made as f32[5, 4]
// CHECK-NEXT: y = enc(h)
// CHECK-NEXT: ^~~
// CHECK: layer_of_two_shapes.dlm:5:7: note: made here
// CHECK: hint: every call of a layer has the same shapes
// CHECK-NOT: error:
