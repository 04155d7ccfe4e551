// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x
}
model m(x: f32[batch, 4]) -> y {
  y = x
}

// CHECK: model_declared_twice.dlm:6:7: error: a second model called 'm'
// CHECK-NEXT: model m(x: f32[batch, 4]) -> y {
// CHECK-NEXT: ^
// CHECK: model_declared_twice.dlm:3:7: note: the first one
// CHECK-NOT: error:
