// RUN: not dlcc check %s 2>&1 | FileCheck %s

model far(x: f32[batch, 4, 8, 8]) -> (a, b, c, d) {
  a = conv2d(x, 4, 3, padding = 9223372036854775807)
  b = conv2d(x, 4, 3, dilation = 9223372036854775807)
  c = pad(x, [[0, 0], [0, 0], [9223372036854775807, 0], [0, 0]])
  d = max_pool(x, 2, padding = [[0, 0], [2147483648, 1]])
}

// CHECK: window_numbers.dlm:4:33: error: 'padding' is at most 1073741824, not 9223372036854775807
// CHECK-NEXT: a = conv2d(x, 4, 3, padding = 9223372036854775807)
// CHECK-NEXT: ^~~~~~~~~~~~~~~~~~~
// CHECK: window_numbers.dlm:5:34: error: 'dilation' is at most 1073741824, not 9223372036854775807
// CHECK-NEXT: b = conv2d(x, 4, 3, dilation = 9223372036854775807)
// CHECK-NEXT: ^~~~~~~~~~~~~~~~~~~
// CHECK: window_numbers.dlm:6:14: error: a width is at most 1073741824, not 9223372036854775807
// CHECK-NEXT: c = pad(x, {{\[\[}}0, 0], [0, 0], [9223372036854775807, 0], [0, 0]])
// CHECK-NEXT: ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
// CHECK: window_numbers.dlm:7:32: error: 'padding' is at most 1073741824, not 2147483648
// CHECK-NEXT: d = max_pool(x, 2, padding = {{\[\[}}0, 0], [2147483648, 1]])
// CHECK-NEXT: ^~~~~~~~~~~~~~~~~~~~~~~~~
// CHECK-NOT: error:
