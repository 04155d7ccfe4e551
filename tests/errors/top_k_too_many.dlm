// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y, at = top_k(x, 5)
}

// CHECK: top_k_too_many.dlm:4:20: error: of the dimension 4 there are no first 5
// CHECK-NOT: error:
