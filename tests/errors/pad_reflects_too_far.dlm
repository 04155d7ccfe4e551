// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = pad(x, [[0, 0], [4, 0]], mode = "reflect")
}

// CHECK: pad_reflects_too_far.dlm:4:14: error: a dimension of 4 mirrors at most 3 of its elements on each side
// CHECK-NOT: error:
