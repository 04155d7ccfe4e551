// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x
  return y
}

// CHECK: return_in_model.dlm:5:3: error: 'return' stands in a function
// CHECK-NEXT: return y
// CHECK-NEXT: ^~~~~~
// CHECK: hint: a model's outputs are named behind '->'
// CHECK-NOT: error:
