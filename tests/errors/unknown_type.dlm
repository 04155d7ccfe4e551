// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: float[batch, 4]) -> y {
  y = x
}

// CHECK: unknown_type.dlm:3:12: error: 'float' is no type
// CHECK-NEXT: model m(x: float[batch, 4]) -> y {
// CHECK-NEXT: ^~~~~
// CHECK: hint: types are bool u8 i8 i32 i64 bf16 f16 f32 f64
// CHECK-NOT: error:
