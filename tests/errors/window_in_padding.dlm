// RUN: not dlcc check %s 2>&1 | FileCheck %s

model unseen(x: f32[batch, 1, 4, 4]) -> (a, b, c) {
  a = max_pool(x, 2, padding = 2)
  b = avg_pool(x, 2, stride = 1, padding = [[0, 0], [1, 2]], count_padding = false)
  c = max_pool(x, 2, padding = [[0, 1], [1, 1]])
}

// CHECK: window_in_padding.dlm:4:32: error: a window over 2 elements lies wholly in the padding before axis 2 of f32[batch, 1, 4, 4]
// CHECK-NEXT: a = max_pool(x, 2, padding = 2)
// CHECK-NEXT: ^
// CHECK: hint: a padding is smaller than the window
// CHECK: window_in_padding.dlm:5:44: error: a window over 2 elements lies wholly in the padding behind axis 3 of f32[batch, 1, 4, 4]
// CHECK-NEXT: b = avg_pool(x, 2, stride = 1, padding = {{\[\[}}0, 0], [1, 2]], count_padding = false)
// CHECK-NEXT: ^~~~~~~~~~~~~~~~
// CHECK: hint: a padding is smaller than the window
// CHECK-NOT: error:
