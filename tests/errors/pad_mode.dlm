// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = pad(x, [[0, 0], [1, 1]], mode = "wrap")
}

// CHECK: pad_mode.dlm:4:39: error: 'pad' has the modes "constant", "reflect" and "edge"
// CHECK-NOT: error:
