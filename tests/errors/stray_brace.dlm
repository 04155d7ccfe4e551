// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x
}
}

// CHECK: stray_brace.dlm:6:1: error: this '}' closes nothing
// CHECK-NEXT: }
// CHECK-NEXT: ^
// CHECK: hint: take it away, or look for a missing '{' above
// CHECK-NOT: error:
