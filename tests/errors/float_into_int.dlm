// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(i: i32[batch]) -> y {
  y = i * 0.5
}

// CHECK: float_into_int.dlm:4:11: error: the number 0.5 cannot become i32
// CHECK-NEXT: y = i * 0.5
// CHECK-NEXT: ^~~
// CHECK: hint: f32(x) converts the other side
// CHECK-NOT: error:
