// RUN: not dlcc check %s 2>&1 | FileCheck %s

// Fewer rows than `batch` may be given, so no reshape takes them apart.
model m(x: f32[batch, 4]) -> (a, b, c, d) {
  a = reshape(x, [4 * batch]) + zeros([batch * 4])
  b = reshape(transpose(x), [batch, 4])
  c = reshape(matmul(x, x, transpose_b = true), [-1])
  d = zeros([batch * batch])
}

// CHECK: reshape_of_rows.dlm:6:29: error: the rows of [4, batch] would not stay together in [batch, 4]
// CHECK-NEXT: b = reshape(transpose(x), [batch, 4])
// CHECK-NEXT: ^~~~~~~~~~
// CHECK: reshape_of_rows.dlm:6:15: note: this is f32[4, batch]
// CHECK: hint: a reshape keeps what stands before 'batch'; 'transpose' moves dimensions
// CHECK: reshape_of_rows.dlm:7:49: error: the rows of [batch, batch] would not stay together in [batch*batch]
// CHECK: reshape_of_rows.dlm:8:14: error: a dimension holds 'batch' once, not batch*batch
// CHECK-NOT: error:
