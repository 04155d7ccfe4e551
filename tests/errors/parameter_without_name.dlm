// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x * param([4], init = zeros())
}

// CHECK: parameter_without_name.dlm:4:11: error: a parameter is bound to a name
// CHECK-NEXT: y = x * param([4], init = zeros())
// CHECK-NEXT: ^~~~~
// CHECK: hint: w = param(…)
// CHECK-NOT: error:
