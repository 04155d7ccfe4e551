// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  a, y = split(x, 2)
}

// CHECK: split_batch.dlm:4:16: error: the dimension batch of f32[batch, 4] cannot be split
// CHECK-NOT: error:
