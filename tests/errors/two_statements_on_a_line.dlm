// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  h = x y = h
}

// CHECK: two_statements_on_a_line.dlm:4:9: error: expected the end of the statement, found 'y'
// CHECK-NEXT: h = x y = h
// CHECK-NEXT: ^
// CHECK: hint: one statement a line, or ';'
// CHECK-NOT: error:
