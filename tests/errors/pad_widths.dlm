// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 3]) -> y {
  y = pad(x, [1, 1])
}

// CHECK: pad_widths.dlm:4:14: error: 'pad' wants [before, after] for each of the 2 axes of f32[batch, 3]
// CHECK-NEXT: y = pad(x, [1, 1])
// CHECK-NEXT: ^~~~~~
// CHECK: hint: {{\[\[}}0, 0], [1, 1]] puts a column on each side
// CHECK-NOT: error:
