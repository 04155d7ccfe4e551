// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  w = param([4], init = "zeros")
  y = x * w
}

// CHECK: initialiser.dlm:4:25: error: an initialiser is a function of a shape, not the string "zeros"
// CHECK-NEXT: w = param([4], init = "zeros")
// CHECK-NEXT: ^~~~~~~
// CHECK: hint: init = zeros() or init = normal(std = 0.01)
// CHECK-NOT: error:
