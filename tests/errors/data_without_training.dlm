// RUN: not dlcc check %s 2>&1 | FileCheck %s

data { x = image }
model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}

// CHECK: data_without_training.dlm:3:1: error: a data block feeds training, and the file has no training block
// CHECK-NOT: error:
