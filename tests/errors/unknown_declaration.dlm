// RUN: not dlcc check %s 2>&1 | FileCheck %s

modle n(x: f32[4]) -> y { y = x }
model m(x: f32[batch, 4]) -> y {
  y = x
}

// CHECK: unknown_declaration.dlm:3:1: error: expected a declaration, found 'modle'
// CHECK-NEXT: modle n(x: f32[4]) -> y { y = x }
// CHECK-NEXT: ^~~~~
// CHECK: hint: a file holds import, const, fn, extern fn, layer, model, training and data
// CHECK-NOT: error:
