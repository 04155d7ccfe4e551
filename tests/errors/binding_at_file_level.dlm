// RUN: not dlcc check %s 2>&1 | FileCheck %s

width = 5
model m(x: f32[batch, 4]) -> y {
  y = dense(x, width)
}

// CHECK: binding_at_file_level.dlm:3:1: error: a binding stands in a model or a function
// CHECK-NEXT: width = 5
// CHECK-NEXT: ^~~~~
// CHECK: hint: for a constant of the file write 'const width = …'
// CHECK-NOT: error:
