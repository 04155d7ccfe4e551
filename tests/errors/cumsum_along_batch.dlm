// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = cumsum(x, axis = 0)
}

// CHECK: cumsum_along_batch.dlm:4:24: error: 'cumsum' cannot go along the dimension batch, which holds the rows given
// CHECK: hint: another axis can be named: axis = 1
// CHECK-NOT: error:
