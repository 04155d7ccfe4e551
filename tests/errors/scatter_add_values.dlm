// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4], i: i32[3]) -> y {
  y = scatter_add(x, i, x, axis = 1)
}

// CHECK: scatter_add_values.dlm:4:25: error: 'scatter_add' wants values of f32[batch, 3], not f32[batch, 4]
// CHECK: scatter_add_values.dlm:4:19: note: this is f32[batch, 4]
// CHECK: scatter_add_values.dlm:4:22: note: this is i32[3]
// CHECK-NOT: error:
