// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(i: i32[batch, 4]) -> y {
  y = dense(i, 3)
}

// CHECK: dense_of_integers.dlm:4:13: error: 'dense' wants floats, not i32[batch, 4]
// CHECK-NEXT: y = dense(i, 3)
// CHECK-NEXT: ^
// CHECK-NOT: error:
