// RUN: not dlcc check %s 2>&1 | FileCheck %s
model m(x: f32[batch, 4, 3], h0: f32[batch, 3]) -> y {
  a = scan (x_t of x; h = h0) { return h }
  b = scan (x_t in x, axis = 1, axis = 1; h = h0) { return h }
  c = scan (x_t in x, speed = 2; h = h0) { return h }
  d = scan (x_t in x, axis = 1; h) { return h }
  e = scan (x_t in x, axis = 1; h = h0)
  y = h0
}

// CHECK: scan_text.dlm:3:13: error: expected an input of 'scan', found 'x_t'
// CHECK-NEXT: a = scan (x_t of x; h = h0) { return h }
// CHECK-NEXT: ^~~
// CHECK: hint: scan (x_t in x, axis = 1; h = h0) { … }
// CHECK: scan_text.dlm:4:33: error: 'axis' is given twice
// CHECK-NEXT: b = scan (x_t in x, axis = 1, axis = 1; h = h0) { return h }
// CHECK-NEXT: ^~~~
// CHECK: scan_text.dlm:5:23: error: expected an input of 'scan', found 'speed'
// CHECK-NEXT: c = scan (x_t in x, speed = 2; h = h0) { return h }
// CHECK-NEXT: ^~~~~
// CHECK: hint: scan (x_t in x, axis = 1; h = h0) { … }
// CHECK: scan_text.dlm:6:34: error: expected '=' and its first value, found ')'
// CHECK-NEXT: d = scan (x_t in x, axis = 1; h) { return h }
// CHECK-NEXT: ^
// CHECK: scan_text.dlm:7:40: error: expected '{' and what 'scan' does in a step, found the end of the line
// CHECK-NEXT: e = scan (x_t in x, axis = 1; h = h0)
// CHECK-NEXT: ^
// CHECK-NOT: error:
