// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 3, 8, 8]) -> y {
  y = avg_pool(x, window = [2, 2, 2])
}

// CHECK: kernel_of_three_numbers.dlm:4:28: error: 'window' has 3 numbers for 2 axes
// CHECK-NEXT: y = avg_pool(x, window = [2, 2, 2])
// CHECK-NEXT: ^~~~~~~~~
// CHECK-NOT: error:
