// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = exp(3 > 2)
}

// CHECK: argument_of_builtin.dlm:4:11: error: 'exp' wants floats, not bool[]
// CHECK-NEXT: y = exp(3 > 2)
// CHECK-NEXT: ^~~~~
// CHECK: hint: f32(x) converts
// CHECK-NOT: error:
