// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  h = x
  y = hh
}

// CHECK: unknown_name.dlm:5:7: error: nothing here is called 'hh'
// CHECK-NEXT: y = hh
// CHECK-NEXT: ^~
// CHECK: hint: did you mean 'h'?
// CHECK-NOT: error:
