// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4], i: i32[batch, 4]) -> y {
  y = x + i
}

// CHECK: types_differ.dlm:4:9: error: operands of '+' have different types, f32 and i32
// CHECK-NEXT: y = x + i
// CHECK-NEXT: ^
// CHECK: types_differ.dlm:4:7: note: this is f32
// CHECK: types_differ.dlm:4:11: note: this is i32[batch, 4]
// CHECK: hint: convert one of them: f32(x)
// CHECK-NOT: error:
