// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  w = param([4], init = zeros())
  y = matmul(x, w)
}

// CHECK: vector_in_matrix_product.dlm:5:17: error: a matrix product wants matrices of numbers, not f32[4]
// CHECK-NEXT: y = matmul(x, w)
// CHECK-NEXT: ^
// CHECK: hint: x[:, none] makes a column
// CHECK-NOT: error:
