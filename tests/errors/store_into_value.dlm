// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  h = x
  h <- x
  y = h
}

// CHECK: store_into_value.dlm:5:3: error: 'h' is no buffer to store into
// CHECK-NEXT: h <- x
// CHECK-NEXT: ^
// CHECK: hint: h = buffer([…], init = zeros()) makes one
// CHECK-NOT: error:
