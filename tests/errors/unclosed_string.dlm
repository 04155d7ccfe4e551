// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3, name = "fc)
}

// CHECK: unclosed_string.dlm:4:26: error: this string is not closed on its line
// CHECK-NEXT: y = dense(x, 3, name = "fc)
// CHECK-NEXT: ^~~~
// CHECK: hint: end it with '"'
// CHECK-NOT: error:
