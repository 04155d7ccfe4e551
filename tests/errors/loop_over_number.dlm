// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  for i in 3 { y = x }
}

// CHECK: loop_over_number.dlm:4:12: error: 'for' goes over a list or a range, not over the number 3
// CHECK-NEXT: for i in 3 { y = x }
// CHECK-NEXT: ^
// CHECK: hint: for i in 0..n
// CHECK-NOT: error:
