// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = desne(x, 3)
}

// CHECK: misspelt_function.dlm:4:7: error: nothing here is called 'desne'
// CHECK-NEXT: y = desne(x, 3)
// CHECK-NEXT: ^~~~~
// CHECK: hint: did you mean 'dense'?
// CHECK-NOT: error:
