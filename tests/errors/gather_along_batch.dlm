// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4], i: i32[3]) -> y {
  y = gather(x, i)
}

// CHECK: gather_along_batch.dlm:4:14: error: 'gather' cannot go along the dimension batch, which holds the rows given
// CHECK: hint: another axis can be named: axis = 1
// CHECK-NOT: error:
