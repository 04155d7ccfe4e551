// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 3]) -> y {
  y = pad(x, [[1, 0], [0, 0]])
}

// CHECK: pad_of_batch.dlm:4:14: error: the dimension batch of f32[batch, 3] cannot be padded
// CHECK-NEXT: y = pad(x, {{\[\[}}1, 0], [0, 0]])
// CHECK-NEXT: ^~~~~~~~~~~~~~~~
// CHECK-NOT: error:
