// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(units = 5, x)
}

// CHECK: positional_after_named.dlm:4:24: error: an argument without name stands behind a named one
// CHECK-NEXT: y = dense(units = 5, x)
// CHECK-NEXT: ^
// CHECK: positional_after_named.dlm:4:13: note: the first named one
// CHECK: hint: name it, or put it in front
// CHECK-NOT: error:
