// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x
  x * 2
}

// CHECK: unused_value.dlm:5:3: error: this value is not used
// CHECK-NEXT: x * 2
// CHECK-NEXT: ^~~~~
// CHECK: hint: bind it to a name: y = …
// CHECK-NOT: error:
