// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 3, 8, 8]) -> y {
  y = conv2d(x, 4, kernel = 3, padding = "full")
}

// CHECK: padding_word.dlm:4:42: error: there is no padding "full"
// CHECK-NEXT: y = conv2d(x, 4, kernel = 3, padding = "full")
// CHECK-NEXT: ^~~~~~
// CHECK: hint: numbers, "same" or "valid"
// CHECK-NOT: error:
