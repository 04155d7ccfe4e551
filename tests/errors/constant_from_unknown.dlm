// RUN: not dlcc check %s 2>&1 | FileCheck %s

const width = units * 2
model m(x: f32[batch, 4]) -> y {
  y = dense(x, width)
}

// CHECK: constant_from_unknown.dlm:3:15: error: nothing here is called 'units'
// CHECK-NEXT: const width = units * 2
// CHECK-NEXT: ^~~~~
// CHECK-NOT: error:
