// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = scan (a in x, axis = 1) {
    return a
  }
}

// CHECK: scan_not_yet.dlm:4:7: error: 'scan' is not supported yet
// CHECK-NEXT: y = scan (a in x, axis = 1) {
// CHECK-NEXT: ^~~~
// CHECK-NOT: error:
