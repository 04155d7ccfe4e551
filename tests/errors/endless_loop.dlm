// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x
  for i in 0..1000000000 { y = y + 1 }
}

// CHECK: endless_loop.dlm:5:32: error: the model takes more than 300,000 steps to evaluate
// CHECK-NEXT: for i in 0..1000000000 { y = y + 1 }
// CHECK-NEXT: ^
// CHECK: hint: a loop here is unrolled at compile time
// CHECK-NOT: error:
