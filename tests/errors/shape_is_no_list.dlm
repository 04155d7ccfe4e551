// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  w = param(4, init = zeros())
  y = x * w
}

// CHECK: shape_is_no_list.dlm:4:16: error: argument 'init' is given twice
// CHECK-NEXT: w = param(4, init = zeros())
// CHECK-NEXT: ^~~~
// CHECK-NOT: error:
