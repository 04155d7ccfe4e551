// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 5, units = 6)
}

// CHECK: argument_twice.dlm:4:19: error: argument 'units' is given twice
// CHECK-NEXT: y = dense(x, 5, units = 6)
// CHECK-NEXT: ^~~~~
// CHECK-NOT: error:
