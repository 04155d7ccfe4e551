// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  w = param([5, 3], init = zeros())
  y = matmul(x, w)
}

// CHECK: matrix_product.dlm:5:7: error: shapes [batch, 4] and [5, 3] of a matrix product do not fit: 4 and 5 differ
// CHECK-NEXT: y = matmul(x, w)
// CHECK-NEXT: ^~~~~~
// CHECK: matrix_product.dlm:5:14: note: this is f32[batch, 4]
// CHECK: matrix_product.dlm:5:17: note: this is f32[5, 3]
// CHECK-NOT: error:
