// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  for = 3
  y = x
}

// CHECK: keyword_as_name.dlm:4:7: error: expected the loop's name, found '='
// CHECK-NEXT: for = 3
// CHECK-NEXT: ^
// CHECK-NOT: error:
