// RUN: not dlcc check %s 2>&1 | FileCheck %s

/* a model
model m(x: f32[batch, 4]) -> y {
  y = x
}

// CHECK: unclosed_comment.dlm:3:1: error: this comment is never closed
// CHECK-NEXT: /* a model
// CHECK-NEXT: ^~
// CHECK-NOT: error:
