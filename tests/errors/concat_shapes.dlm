// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  a = dense(x, 3)
  y = concat([x, a], axis = 0)
}

// CHECK: concat_shapes.dlm:5:29: error: tensors cannot be joined along the dimension batch
// CHECK-NEXT: y = concat([x, a], axis = 0)
// CHECK-NEXT: ^
// CHECK-NOT: error:
