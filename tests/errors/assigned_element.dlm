// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x
  y[0] = 3
}

// CHECK: assigned_element.dlm:5:3: error: only a name can be bound
// CHECK-NEXT: y[0] = 3
// CHECK-NEXT: ^~~~
// CHECK: hint: a part of a tensor cannot be assigned
// CHECK-NOT: error:
