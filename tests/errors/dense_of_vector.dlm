// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  h = sum(x, axis = 1)
  y = dense(h, 3)
}

// CHECK: dense_of_vector.dlm:5:13: error: 'dense' wants a tensor of at least two dimensions, not f32[batch]
// CHECK-NEXT: y = dense(h, 3)
// CHECK-NEXT: ^
// CHECK-NOT: error:
